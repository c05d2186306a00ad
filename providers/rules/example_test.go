package rules_test

import (
	"fmt"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers/rules"
)

// The value stays out of the violation.
func ExampleCheck() {
	for _, violation := range rules.Check(&enlistv1.Customer{Email: "ada.example.com"}) {
		fmt.Println(violation.Path, violation.Description)
	}
	// Output: email must be one bare email address of at most 254 characters, for example qa@example.com
}

func ExampleInspect() {
	found := rules.Inspect(&enlistv1.Customer{DisplayName: "Ada\x00"})
	for _, violation := range found.Text {
		fmt.Println(violation.Path, violation.Description)
	}
	// Output: display_name must not contain control characters (U+0000)
}
