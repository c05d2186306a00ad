package providers

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
)

var (
	aboutExisting = regexp.MustCompile(`(?i)exist|already|in use|\bused\b|duplicat|uni(que|ci)|taken|constraint|conflict|violat|E11000|` +
		`bereits|vergeben|vorhanden|doppelt|d[ée]j[àa]|utilis[ée]|doublon|existe|esiste|bestaat`)
	anyLetter = regexp.MustCompile(`\pL`)
)

// IsAboutExisting reports whether the words of a refusal may be about a value that must be unique,
// in the languages of the vendors' users. A refusal without words may be, too. It is for vendors
// that document no code for that.
func IsAboutExisting(words string) bool {
	return aboutExisting.MatchString(words) || !anyLetter.MatchString(words)
}

// Words returns the texts in a JSON body, without the names of its members. It returns any other
// body as it is. An HTML page does not contain the vendor's words.
func Words(body []byte) string {
	var value any
	switch err := json.Unmarshal(body, &value); {
	case err == nil:
		return strings.TrimSpace(textsIn(value))
	case IsPage(body):
		return ""
	}
	return string(body)
}

// IsPage reports whether a body is an HTML page, which a proxy may have written.
func IsPage(body []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) }

func textsIn(value any) string {
	texts := ""
	switch value := value.(type) {
	case string:
		return value + " "
	case []any:
		for _, element := range value {
			texts += textsIn(element)
		}
	case map[string]any:
		for _, member := range value {
			texts += textsIn(member)
		}
	}
	return texts
}
