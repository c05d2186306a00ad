package rules

import (
	"fmt"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// IsMultiline reports whether the field's text may have line breaks and tabs.
func IsMultiline(field protoreflect.FieldDescriptor) bool {
	multiline, _ := proto.GetExtension(field.Options(), enlistv1.E_Multiline).(bool)
	return multiline
}

// textProblem says what is wrong with the text of a field, as the end of a sentence. It returns an
// empty string if nothing is. A vendor's database may refuse control characters: PostgreSQL stores
// no U+0000. Each request would then fail in the same way.
func textProblem(text string, field protoreflect.FieldDescriptor) string {
	control, valid := controlCharacter(text, false)
	if control >= 0 && IsMultiline(field) { // looked up only here: few texts have control characters
		control, valid = controlCharacter(text, true)
		if control >= 0 {
			return fmt.Sprintf("must not contain control characters other than line breaks and tabs (U+%04X)", control)
		}
	}
	switch {
	case control >= 0:
		return fmt.Sprintf("must not contain control characters (U+%04X)", control)
	case !valid:
		return "must be valid UTF-8"
	}
	return ""
}

// controlCharacter returns the first character of Unicode category Cc, or -1, and whether a text
// without one is valid UTF-8. It compares bytes, which is faster than to decode: U+0080 to U+009F
// are the byte C2 followed by 80 to 9F.
func controlCharacter(text string, multiline bool) (control rune, valid bool) {
	ascii := true
	for i := range len(text) {
		switch c := text[i]; {
		case ' ' <= c && c <= '~':
		case multiline && (c == '\n' || c == '\r' || c == '\t'):
		case c <= 0x7f:
			return rune(c), true
		case c == 0xc2 && i+1 < len(text) && 0x80 <= text[i+1] && text[i+1] <= 0x9f:
			return rune(text[i+1]), true
		default:
			ascii = false
		}
	}
	return -1, ascii || utf8.ValidString(text)
}
