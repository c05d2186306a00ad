package caliq_test

import (
	"strings"
	"testing"

	"github.com/enlist-dev/enlist/sandbox"
	"github.com/enlist-dev/enlist/sandbox/caliq"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

func TestNormalisedAccountNo(t *testing.T) {
	for _, test := range []struct{ form, number, stored, other string }{
		{"", "a-1", "A-1", "a-1"},
		{"", "0017", "17", "017"},
		{"", "17", "0000000017", "017"},
		{"", "ABCDEFGHIJ", " ABCDEFGHIJ ", "ABCDEFGHIJ"},
		{"trimmed", " A-1 ", "A-1", "A-1 "},
	} {
		t.Run(test.stored, func(t *testing.T) {
			for name, options := range map[string][]sandbox.Option{"creates another": nil, "unique": {sandbox.With(func(s *caliq.Settings) { s.UniqueAccountNo = true })}} {
				w := sandboxtest.NewWorld(t, options...)
				create := func(number string) any {
					request := w.CaliqRequest(map[string]any{"AccountNo": number})
					return w.Caliq(sandboxtest.CaliqCreate, request).JSON(t)["CustomerCreateData"]
				}
				w.Order(`{"vendor":"caliq","operation":"create","kind":"normalised_key","form":"` + test.form + `"}`)
				if first := create(test.number); sandboxtest.At(t, first, "OK") != true || sandboxtest.At(t, first, "AccountNo") != test.stored {
					t.Fatalf("created: %v", first)
				}
				list := w.Caliq(sandboxtest.CaliqChange, `{"apiKey":"`+w.Credentials.Caliq.APIKey+`"}`).JSON(t)["CustomerChangeList"]
				if sandboxtest.At(t, list, 0, "AccountNo") != test.stored {
					t.Errorf("list: %v", list)
				}
				second := create(test.other)
				held := w.Records("caliq")
				if name == "unique" {
					if sandboxtest.At(t, second, "OK") != false || sandboxtest.At(t, second, "CustomerCreateIssues", 0, "ID") != 29.0 || len(held) != 1 {
						t.Errorf("second: %v, %+v", second, held)
					}
					continue
				}
				if sandboxtest.At(t, second, "OK") != true || len(held) != 2 || held[0].Created != 2 || held[1].Created != 2 {
					t.Errorf("second: %v, %+v", second, held)
				}
				if create("OTHER"); len(w.Records("caliq")) != 3 || w.Records("caliq")[2].Created+w.Records("caliq")[1].Created+w.Records("caliq")[0].Created != 5 {
					t.Errorf("another: %+v", w.Records("caliq"))
				}
			}
		})
	}
}

// Two creations of one key in different forms count together.
func TestNormalisedInTwoWays(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	for _, form := range []string{"upper", "padded"} {
		w.Order(`{"vendor":"caliq","operation":"create","kind":"normalised_key","form":"` + form + `"}`)
		w.Caliq(sandboxtest.CaliqCreate, w.CaliqRequest(map[string]any{"AccountNo": "a-1"}))
	}
	held := w.Records("caliq")
	if len(held) != 2 || held[0].Key != "0000000a-1" || held[1].Key != "A-1" || held[0].Created != 2 || held[1].Created != 2 {
		t.Errorf("held: %+v", held)
	}
}

// Without normalisation, keys that differ in case are two.
func TestDifferentAccountNosCountApart(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	for _, number := range []string{"a-1", "A-1"} {
		w.Caliq(sandboxtest.CaliqCreate, w.CaliqRequest(map[string]any{"AccountNo": number}))
	}
	if held := w.Records("caliq"); len(held) != 2 || held[0].Created != 1 || held[1].Created != 1 {
		t.Errorf("held: %+v", held)
	}
}

func TestRepeatedByProxyUnderEachOption(t *testing.T) {
	for name, test := range map[string]struct {
		option  sandbox.Option
		changes map[string]any
		id      float64
		field   string
	}{
		"unique AccountNo": {sandbox.With(func(s *caliq.Settings) { s.UniqueAccountNo = true }), nil, 29, "AccountNo"},
		"auto numbering":   {sandbox.With(func(s *caliq.Settings) { s.AutoNumbering = true }), map[string]any{"AccountNo": ""}, 38, "Email"},
	} {
		t.Run(name, func(t *testing.T) {
			w := sandboxtest.NewWorld(t, test.option)
			w.Order(`{"vendor":"caliq","operation":"create","kind":"repeated_by_proxy"}`)
			r := w.Caliq(sandboxtest.CaliqCreate, w.CaliqRequest(test.changes))
			data := r.JSON(t)["CustomerCreateData"]
			if sandboxtest.At(t, data, "OK") != false || sandboxtest.At(t, data, "CustomerCreateIssues", 0, "ID") != test.id ||
				sandboxtest.At(t, data, "CustomerCreateIssues", 0, "ExtraData") != test.field || len(w.Records("caliq")) != 1 {
				t.Errorf("%d %s, %+v", r.Status, r.Body, w.Records("caliq"))
			}
		})
	}
}

// Where there is nothing to list, the odd row makes the list. XML has no odd rows.
func TestOddRowOfAnEmptyList(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	key := `{"apiKey":"` + w.Credentials.Caliq.APIKey + `"}`
	w.Order(`{"vendor":"caliq","operation":"get","kind":"odd_row","times":2}`)
	if r := w.Caliq(sandboxtest.CaliqChange, key); r.Status != 200 || !strings.Contains(r.Body, `{"CustomerChangeList":[{"AccountNo":4711,`) {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	if r := w.Caliq(sandboxtest.CaliqChange, key, "Accept", sandboxtest.XMLType); r.Status != 204 || r.Body != "" {
		t.Errorf("XML: %d %s", r.Status, r.Body)
	}
}

func TestXMLHasNoByteOrderMark(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	for _, kind := range []string{"byte_order_mark", "other_types", "odd_row"} {
		w.Order(`{"vendor":"caliq","operation":"create","kind":"` + kind + `"}`)
		r := w.Caliq(sandboxtest.CaliqCreate, w.CaliqRequest(nil), "Accept", sandboxtest.XMLType)
		if r.Status != 200 || !strings.HasPrefix(r.Body, "<CustomerCreateResults>") {
			t.Errorf("%s: %d %s", kind, r.Status, r.Body)
		}
	}
}
