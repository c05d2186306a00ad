// Package codes translates between the codes of the contract (ISO 3166-1 alpha-2, ISO 4217, BCP-47)
// and those of vendors. An unknown code is an error, never an empty string.
//
// Packages providers and server and the adapters may import it. It imports package match alone.
package codes

import (
	"errors"
	"fmt"

	"golang.org/x/text/language"
	"google.golang.org/genproto/googleapis/type/date"
)

// CheckLanguage returns an error unless tag is a BCP-47 tag with registered subtags.
func CheckLanguage(tag string) error {
	_, err := base(tag)
	return err
}

func base(tag string) (language.Base, error) {
	// A deprecated code becomes its successor, iw becomes he. The other rewrites of x/text change
	// the language: tl would become fil.
	parsed, err := language.DeprecatedBase.Parse(tag)
	base, _, _ := parsed.Raw()
	if err != nil || base == (language.Base{}) {
		return language.Base{}, errors.New("must be a BCP-47 language tag with registered subtags, for example fr or en-GB")
	}
	return base, nil
}

// Date returns a date as yyyy-MM-dd, and "" for an absent one. The server has checked that the date
// is complete.
func Date(d *date.Date) string {
	if d == nil {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.GetYear(), d.GetMonth(), d.GetDay())
}
