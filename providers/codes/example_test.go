package codes_test

import (
	"fmt"

	"github.com/enlist-dev/enlist/providers/codes"
)

func ExampleCountryAlpha3() {
	fmt.Println(codes.CountryAlpha3("FR"))
	// Output: FRA <nil>
}

// A vendor may store the country as a code or as a name.
func ExampleCountryIn() {
	fmt.Println(codes.CountryIn("FRA"), codes.CountryIn("Allemagne"), codes.CountryIn("germany"))
	// Output: FR DE DE
}

func ExampleCheckCurrency() {
	fmt.Println(codes.CheckCurrency("EUR"))
	fmt.Println(codes.CheckCurrency("DEM") != nil) // withdrawn
	// Output:
	// <nil>
	// true
}

func ExampleLanguageAlpha3() {
	fmt.Println(codes.LanguageAlpha3("fr-CA"))
	// Output: FRA <nil>
}
