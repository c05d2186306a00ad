package sandboxtest

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// ParseJSON parses a text that must be a JSON object.
func ParseJSON(t *testing.T, text string) map[string]any {
	t.Helper()
	var object map[string]any
	if err := json.Unmarshal([]byte(text), &object); err != nil {
		t.Fatalf("not a JSON object: %v\n%s", err, text)
	}
	return object
}

// SameJSON compares two JSON texts by value.
func SameJSON(t *testing.T, got, want string) {
	t.Helper()
	if g, w := ParseJSON(t, got), ParseJSON(t, want); !reflect.DeepEqual(g, w) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// Alter parses a JSON object, changes top-level or dotted members and encodes it again. It removes
// a member that is set to Absent{}.
func Alter(t *testing.T, text string, changes map[string]any) string {
	t.Helper()
	object := ParseJSON(t, text)
	for path, value := range changes {
		names := strings.Split(path, ".")
		inner := object
		for _, name := range names[:len(names)-1] {
			inner = inner[name].(map[string]any)
		}
		if last := names[len(names)-1]; value == (Absent{}) {
			delete(inner, last)
		} else {
			inner[last] = value
		}
	}
	written, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	return string(written)
}

// Absent marks a member that [Alter] removes.
type Absent struct{}

// At follows names and list positions into a JSON value.
func At(t *testing.T, value any, path ...any) any {
	t.Helper()
	for _, step := range path {
		switch s := step.(type) {
		case string:
			object, ok := value.(map[string]any)
			if !ok {
				t.Fatalf("%v: no object at %q: %v", path, s, value)
			}
			value = object[s]
		case int:
			list, ok := value.([]any)
			if !ok || len(list) <= s {
				t.Fatalf("%v: no item %d: %v", path, s, value)
			}
			value = list[s]
		}
	}
	return value
}
