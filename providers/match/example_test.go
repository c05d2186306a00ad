package match_test

import (
	"fmt"

	"github.com/enlist-dev/enlist/providers/match"
)

// A vendor may store a key in another form. Such a key is near: it may be the same customer.
func ExampleKeys() {
	fmt.Println(match.Keys("acme-1", "acme-1") == match.Same)
	fmt.Println(match.Keys("acme-1", "  ACME-1") == match.Near)
	fmt.Println(match.Keys("42", "0000000042") == match.Near)
	fmt.Println(match.Keys("acme-1", "acme-2") == match.Different)
	// Output:
	// true
	// true
	// true
	// true
}

func ExampleKey() {
	fmt.Println(match.Key("00042"), match.Key("ACME-1"), match.Key("A&amp;B"))
	// Output: 42 acme-1 a&b
}

func ExampleNames() {
	fmt.Println(match.Names("Zoë d'Arc", "ZOE DARC") == match.Near)
	fmt.Println(match.Names("Zoë", "Ada") == match.Different)
	// Output:
	// true
	// true
}
