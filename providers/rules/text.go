package rules

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// IsMultiline reports whether the field's text may contain line breaks and tabs.
func IsMultiline(field protoreflect.FieldDescriptor) bool {
	return has(field, enlistv1.E_Multiline)
}

// textProblem returns what is wrong with the text of a field, as the end of a sentence. It returns
// "" for a valid text. It refuses control characters because a vendor's database may refuse them,
// and then each request would fail. PostgreSQL, for example, stores no U+0000.
//
// It looks up an annotation only for a text that needs it, because few texts have such characters.
func textProblem(text string, field protoreflect.FieldDescriptor) string {
	control, ascii := controlCharacter(text, false)
	if control >= 0 && IsMultiline(field) {
		control, ascii = controlCharacter(text, true)
		if control >= 0 {
			return fmt.Sprintf("must not contain control characters other than line breaks and tabs (U+%04X)", control)
		}
	}
	switch {
	case control >= 0:
		return fmt.Sprintf("must not contain control characters (U+%04X)", control)
	case !ascii && !utf8.ValidString(text):
		return "must be valid UTF-8"
	}
	if !ascii {
		if hidden := invisible(text); hidden >= 0 && has(field, enlistv1.E_Visible) {
			return "must not contain invisible characters, but contains " + character(hidden)
		}
	}
	if (!ascii || strings.HasPrefix(text, " ")) && isBlank(text) && has(field, enlistv1.E_NotBlank) {
		return "must contain a visible character"
	}
	return ""
}

func has(field protoreflect.FieldDescriptor, annotation protoreflect.ExtensionType) bool {
	set, _ := proto.GetExtension(field.Options(), annotation).(bool)
	return set
}

// controlCharacter returns the first character of Unicode category Cc, or -1, and whether a text
// without one is ASCII. It compares bytes, which is faster than decoding: U+0080 to U+009F are the
// byte C2 followed by 80 to 9F.
func controlCharacter(text string, multiline bool) (control rune, ascii bool) {
	ascii = true
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
	return -1, ascii
}
