package vendorhttp

import (
	"math"
	"testing"
)

// A member of an unexpected type counts as missing, and the others still count.
func TestMembers(t *testing.T) {
	members := MembersOf([]byte(` {"text":"a\u0062","yes":true,"no":false,"one":1.5,"two":"2","odd":{"a":[1e999]},"null":null,"nan":"NaN","endless":"Infinity","yes as text":"true"} `))
	for name, want := range map[string]string{"text": "ab", "two": "2", "one": "", "odd": "", "null": "", "missing": ""} {
		if got := members.Text(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	for name, want := range map[string]bool{"yes": true, "no": false, "yes as text": false, "odd": false, "null": false, "missing": false} {
		if got := members.IsTrue(name); got != want {
			t.Errorf("%s: got %t, want %t", name, got, want)
		}
	}
	for name, want := range map[string]float64{"one": 1.5, "two": 2, "text": 0, "odd": 0, "yes": 0, "null": 0, "nan": 0, "endless": 0, "missing": 0} {
		if got := members.Number(name); got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	for _, body := range []string{"", "null", "[]", `"a"`, `{"a":1`, `{"a":1}{}`, "<html>"} {
		if got := MembersOf([]byte(body)); len(got) != 0 || got.Text("a") != "" {
			t.Errorf("%s: got %v", body, got)
		}
	}
}

func FuzzMembers(f *testing.F) {
	f.Add([]byte(`{"a":"1"}`))
	f.Add([]byte(`{"a":-1e400}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for name := range MembersOf(body) {
			members := MembersOf(body)
			if members.IsTrue(name) && members.Text(name) != "" {
				t.Errorf("%q is both true and a text", name)
			}
			if got := members.Number(name); math.IsInf(got, 0) || math.IsNaN(got) {
				t.Errorf("%q: got %v", name, got)
			}
		}
	})
}
