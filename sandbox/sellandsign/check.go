package sellandsign

import (
	"strconv"
	"strings"
	"unicode"
)

// checkParameter says what is wrong with a value. It is an assumption, from the responses, that
// birthdate is in milliseconds since 1970 and -1 means none. The page names no list of civilities;
// its sample and clients send MONSIEUR and MADAME, so other codes of letters are taken as well.
func (a *service) checkParameter(name, value string) string {
	switch name {
	case "civility":
		if value == "" || strings.ContainsFunc(value, func(r rune) bool { return !unicode.IsLetter(r) }) {
			return "must be a code of letters, for example MONSIEUR or MADAME"
		}
	case "firstname", "lastname":
		if strings.ContainsFunc(value, func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && !strings.ContainsRune("'’- ", r)
		}) {
			return "takes letters, digits, apostrophe, hyphen and space"
		}
	case "email":
		if at := strings.IndexByte(value, '@'); at < 1 || at == len(value)-1 {
			return "must be an email address"
		}
	case "cell_phone":
		digits := strings.TrimPrefix(value, "+")
		if digits == "" || strings.ContainsFunc(digits, func(r rune) bool { return r < '0' || r > '9' }) {
			return "takes digits after an optional +"
		}
	case "country":
		if !a.countries[value] {
			return "must be an ISO 3166 alpha-2 or UN M.49 code"
		}
	case "birthdate":
		if _, err := strconv.ParseInt(value, 10, 64); value != "" && err != nil {
			return "must be milliseconds since 1970"
		}
	}
	return ""
}
