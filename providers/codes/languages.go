package codes

import (
	_ "embed"
	"errors"
	"strings"
)

// languages has a line for each language: its code, a space, its English name in lower case. It is made by a test of this package.
//
//go:embed languages.txt
var languages string

// LanguageName returns the English name, in lower case, of a tag's base language: fr-CA gives french.
func LanguageName(tag string) (string, error) {
	base, err := base(tag)
	if err != nil {
		return "", err
	}
	_, from, found := strings.Cut("\n"+languages, "\n"+base.String()+" ")
	if !found {
		return "", errors.New("must be a language that has a name in English, for example fr")
	}
	name, _, _ := strings.Cut(from, "\n")
	return name, nil
}
