package wire

import (
	"strings"
	"testing"
)

func TestRedact(t *testing.T) {
	const secret = `p<ä"ß/ &1`
	for _, text := range []string{
		`no: p<ä"ß/ &1`, `{"password":"p<ä\"ß/ &1"}`, `{"password":"p\u003cä\"ß/ \u00261"}`, `?password=p%3C%C3%A4%22%C3%9F%2F+%261&x`,
		`/p%3C%C3%A4%22%C3%9F%2F%20&1`, `/login?from=%3Fpassword%3Dp%253C%25C3%25A4%2522%25C3%259F%252F%2B%25261`,
	} {
		got := Redact(text, "", secret)
		if !strings.Contains(got, "$REDACTED") || strings.Contains(got, "ß") || strings.Contains(got, "9F") {
			t.Errorf("%s: got %s", text, got)
		}
	}
	if got := Redact("nothing here", "", secret); got != "nothing here" {
		t.Errorf("got %s", got)
	}
}

func TestRedactRecord(t *testing.T) {
	record := Record([]byte(`{"a":"s3cret","b":[{"c":"is s3cret"},["s3cret"]],"d":{"e":1,"s3":true}}`))
	RedactRecord(record, "s3cret")
	if text := record.String(); strings.Contains(text, "s3cret") || strings.Count(text, "$REDACTED") != 3 {
		t.Errorf("got %s", text)
	}
	RedactRecord(nil, "s3cret")
}

func TestHasList(t *testing.T) {
	for text, want := range map[string]bool{
		`{"List":[]}`: true, `{"other":1, "List" : [1]}`: true,
		`{"List":null}`: false, `{"List":{}}`: false, `{"list":[]}`: false, `{}`: false, `[]`: false, `null`: false, ``: false, `{"List":[`: false,
	} {
		if got := HasList([]byte(text), "List"); got != want {
			t.Errorf("%s: got %t", text, got)
		}
	}
}

// Redact does not search placeholders for secrets. If one secret starts with another, the rest of
// the longer one does not remain.
func TestRedactOnce(t *testing.T) {
	if got := Redact("E", "E", "D"); got != "$REDACTED" {
		t.Errorf("got %d characters", len(got))
	}
	if got := Redact("password123", "password", "password123"); got != "$REDACTED" {
		t.Errorf("got %s", got)
	}
}
