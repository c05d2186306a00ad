package wire

import (
	"cmp"
	"encoding/json"
	"net/url"
	"slices"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"
)

// redacted replaces a secret in a vendor's text.
const redacted = "$REDACTED"

// Redact replaces secret values in a vendor's text, which may repeat them unescaped, or as JSON,
// URLs, and URLs within URLs escape them.
func Redact(text string, secrets ...string) string {
	var forms []string
	for _, secret := range secrets {
		if secret == "" || !strings.Contains(text, plainStart(secret)) { // then no form is there
			continue
		}
		for _, form := range formsOf(secret) {
			if strings.Contains(text, form) {
				forms = append(forms, form)
			}
		}
	}
	if len(forms) == 0 {
		return text
	}
	slices.SortFunc(forms, func(a, b string) int { return cmp.Compare(len(b), len(a)) }) // one may be a prefix of another
	pairs := make([]string, 0, 2*len(forms))
	for _, form := range forms {
		pairs = append(pairs, form, redacted)
	}
	return strings.NewReplacer(pairs...).Replace(text) // in one pass, so that it does not search its own replacements
}

// plainStart returns the first characters of a text, which are the same in all its forms.
func plainStart(text string) string {
	end := strings.IndexFunc(text, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	})
	if end < 0 {
		return text
	}
	return text[:end]
}

// formsOf returns the forms in which a vendor may write a text.
func formsOf(text string) []string {
	quoted := appendString(nil, text)
	escaped, _ := json.Marshal(text) //nolint:errchkjson // a string always encodes
	return []string{
		text, string(quoted[1 : len(quoted)-1]), string(escaped[1 : len(escaped)-1]),
		url.QueryEscape(text), url.PathEscape(text), url.QueryEscape(url.QueryEscape(text)),
	}
}

// RedactRecord replaces secret values in all texts of a record, at any depth.
func RedactRecord(record *structpb.Struct, secrets ...string) {
	for _, value := range record.GetFields() {
		redactValue(value, secrets)
	}
}

func redactValue(value *structpb.Value, secrets []string) {
	switch kind := value.GetKind().(type) {
	case *structpb.Value_StringValue:
		kind.StringValue = Redact(kind.StringValue, secrets...)
	case *structpb.Value_StructValue:
		RedactRecord(kind.StructValue, secrets...)
	case *structpb.Value_ListValue:
		for _, element := range kind.ListValue.GetValues() {
			redactValue(element, secrets)
		}
	}
}
