package rules_test

import (
	"fmt"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers/rules"
)

// The value stays out of the violation.
func ExampleCheck() {
	for _, violation := range rules.Check(&enlistv1.Address{CountryCode: "France"}) {
		fmt.Println(violation.Path, violation.Description)
	}
	// Output:
	// country_code must be an ISO 3166-1 alpha-2 country code of two capital letters, for example FR
}

func ExampleInspect() {
	found := rules.Inspect(&enlistv1.Customer{DisplayName: "Ada\x00"})
	for _, violation := range found.Text {
		fmt.Println(violation.Path, violation.Description)
	}
	// Output: display_name must not contain control characters (U+0000)
}
