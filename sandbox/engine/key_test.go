package engine_test

import (
	"strings"
	"testing"

	"github.com/enlist-dev/enlist/sandbox/engine"
)

func TestForms(t *testing.T) {
	for _, test := range []struct {
		form        engine.KeyForm
		given, want string
	}{
		{engine.Upper, "abc-é1", "ABC-É1"},
		{engine.Lower, "ABC-É1", "abc-é1"},
		{engine.Trimmed, " a b\t", "a b"},
		{engine.Padded, "a1", "00000000a1"},
		{engine.Padded, "ééééééééééé", "ééééééééééé"},
		{engine.ZerosStripped, "007", "7"},
		{engine.ZerosStripped, "000", "0"},
		{engine.ZerosStripped, "", ""},
		{engine.NFC, "e\u0301", "é"},
		{engine.Escaped, `a&b<'">`, "a&amp;b&lt;&#39;&#34;&gt;"},
		{engine.Cut, strings.Repeat("é", 21), strings.Repeat("é", 20)},
		{engine.Cut, "short", "short"},
		{engine.Unaccented, "Zoë Éà", "Zoe Ea"},
	} {
		if got := test.form.Apply(test.given); got != test.want {
			t.Errorf("%s of %q: %q, want %q", test.form, test.given, got, test.want)
		}
	}
}

func TestTheChosenFormChangesTheKey(t *testing.T) {
	for given, want := range map[string]string{
		"abc":          "ABC",
		"0a":           "0A",
		"007":          "7",
		"A-1":          "0000000A-1",
		"42":           "0000000042",
		"ABCDEFGHIJ":   " ABCDEFGHIJ ",
		"E\u0301COLE":  "ÉCOLE",
		"e\u0301cole":  "ÉCOLE",
		"0":            "0000000000",
		"ABCDEFGHIJ\n": " ABCDEFGHIJ ",
		"":             "",
	} {
		c := &engine.Call{Normalised: true}
		if key := c.Key(given); key.Stored != want || key.Given != given {
			t.Errorf("%q: %+v, want %q", given, key, want)
		}
	}
	if key := (&engine.Call{}).Key("abc"); key.Stored != "abc" {
		t.Errorf("without the fault: %+v", key)
	}
}
