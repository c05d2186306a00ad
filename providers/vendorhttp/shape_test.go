package vendorhttp

import (
	"strings"
	"testing"
)

// A shape keeps structure and names, and no value.
func TestShape(t *testing.T) {
	for body, want := range map[string]string{
		`{"a":{"email":"ada@example.com","n":-12.5e3,"on":true},"list":[1,"é1",null,{}]}`: `{"a":{"email":"xxx@xxxxxxx.xxx","n":-00.0x0,"on":true},"list":[0,"x0",null,{}]}`,
		`[]`: `[]`, `{"list":[{"a":1},{"b":[]}]}`: `{"list":[{"a":0},{"b":[]}]}`,
		`{"name":"Ada" "surname":"Lovelace"}`:                                   `{"name":"xxx" "xxxxxxx":"xxxxxxxx"}`,
		`{"comment":"he said "Ada": yes","x":1}`:                                `{"comment":"xx xxxx "xxx": xxx","x":0}`,
		`Ada Lovelace, 12 rue de la Paix`:                                       `xxx xxxxxxxx, 00 xxx xx xx xxxx`,
		"<html><head>\n<TITLE>502 Bad\n Gateway</title></head><body>Ada</body>": `an HTML page with the title 502 Bad Gateway`,
		`<p>Ada`:                       `an HTML page`,
		`{"status":"ok"} trailing Ada`: `{"status":"xx"} xxxxxxxx xxx`,
		`{"t":"` + strings.Repeat("w", 60) + `"}`: `{"t":"` + strings.Repeat("x", 40) + `…"}`,
		``:                 ``,
		`{"id" : ` + "<p>": `{"id":  <x>`,
	} {
		got := Shape([]byte(body), 7)
		_, got, _ = strings.Cut(got, "\n")
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", body, got, want)
		}
	}
	if got := Shape([]byte(strings.Repeat(`{"a":["Ada"],`, 4000)), 52000); len(got) > 2*mostShown || strings.Contains(got, "Ada") {
		t.Errorf("%d bytes", len(got))
	}
}
