package vendorhttp

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// Members are the members of a JSON object. Each is read separately, so one of an unexpected type
// does not hide the others. They are for responses with few relevant members, such as those to a
// login.
type Members map[string]json.RawMessage

// MembersOf returns the members of a body. It returns none if the body is not one JSON object.
func MembersOf(body []byte) Members {
	var members Members
	if json.Unmarshal(body, &members) != nil {
		return nil
	}
	return members
}

// Text returns a member that is a string, and "" for any other.
func (m Members) Text(name string) string {
	var text string
	if json.Unmarshal(m[name], &text) != nil {
		return ""
	}
	return text
}

// IsTrue reports whether a member is true.
func (m Members) IsTrue(name string) bool { return string(m[name]) == "true" }

// Number returns a member that is a finite number, also one written as a string, and 0 for any
// other.
func (m Members) Number(name string) float64 {
	text := m.Text(name)
	if text == "" {
		text = string(m[name])
	}
	number, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || math.IsNaN(number) || math.IsInf(number, 0) {
		return 0
	}
	return number
}
