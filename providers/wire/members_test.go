package wire

import (
	"strconv"
	"strings"
	"testing"
)

func TestMembers(t *testing.T) {
	for text, want := range map[string]string{
		`{"password":"x-1","a":2}`:                           `{"password":"$REDACTED","a":2}`,
		`{"a":"password","b":"x"}`:                           `{"a":"password","b":"x"}`,
		`{"Password" : "x-1"}`:                               `{"Password" : "$REDACTED"}`,
		`{"password":"x-\"1\\","iban":"x-2"}`:                `{"password":"$REDACTED","iban":"$REDACTED"}`,
		`{"password":"x-1`:                                   `{"password":"$REDACTED"`,
		`{"password":`:                                       `{"password":"$REDACTED"`,
		`{"password":["x-1",{"b":"]x-2"}],"a":1}`:            `{"password":"$REDACTED","a":1}`,
		`{"password":{"password":"x-1"},"a":1}`:              `{"password":"$REDACTED","a":1}`,
		`{"password":12,"a":1} {"password":null}`:            `{"password":"$REDACTED","a":1} {"password":"$REDACTED"}`,
		`5" pipe {"password":"x-1"}`:                         `5" pipe {"password":"$REDACTED"}`,
		`{"m":"{\"password\":\"x-\\\"1\",\"a\":1}","b":1}`:   `{"m":"{\"password\":\"$REDACTED\",\"a\":1}","b":1}`,
		`{"m":"{\"password\":\"x\\\\\",\"iban\":\"x-2\"}"}`:  `{"m":"{\"password\":\"$REDACTED\",\"iban\":\"$REDACTED\"}"}`,
		`{"m":"{\"password\":[\"x-1\",{\"b\":1}],\"a\":1}"}`: `{"m":"{\"password\":\"$REDACTED\",\"a\":1}"}`,
		`<html>"password" was wrong</html>`:                  `<html>"password" was wrong</html>`,
		strconv.Quote(strconv.Quote(`{"iban":"x-1","a":1}`)): strconv.Quote(strconv.Quote(`{"iban":"$REDACTED","a":1}`)),
	} {
		if got := NewMembers("password", "iban").Redact(text); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

// With any text around a secret and any cut, the secret does not show.
func FuzzMembers(f *testing.F) {
	f.Add("{", `,"a":1}`, `x"y`, uint8(0))
	f.Add(`5" {"m":`, "", `\`, uint8(2))
	f.Fuzz(func(t *testing.T, before, after, tail string, depth uint8) {
		const secret = "S3CR3T"
		text := `{"password":` + strconv.Quote(secret+tail+secret) + `}`
		for range depth % 3 {
			text = strconv.Quote(text)
		}
		members := NewMembers("password")
		for cut := range len(text) + 1 {
			shown := members.Redact(before + text[:cut] + after)
			if !strings.Contains(before+after, secret[:4]) && strings.Contains(shown, secret) {
				t.Fatalf("%q shows it: %q", before+text[:cut]+after, shown)
			}
		}
	})
}
