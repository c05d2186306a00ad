package match_test

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/enlist-dev/enlist/providers/match"
)

func TestKeys(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sent, held string
		want       match.Kinship
	}{
		{"abc12", "abc12", match.Same},
		{"abc12", "ABC12", match.Near},
		{"abc12", " abc12  ", match.Near},
		{"0012", "12", match.Near},
		{"12", "0000000012", match.Near},
		{"000", "0", match.Near},
		{"caf\u0065\u0301", "caf\u00e9", match.Near},
		{"O'Neil & Co", "O&#39;Neil &amp; Co", match.Near},
		{"a<b", "a&amp;lt;b", match.Near},
		{"straße", "STRASSE", match.Near},
		{"ab\u200bc", "abc", match.Near},
		{"a  b", "a b", match.Near},
		{"abc12", "abc13", match.Different},
		{"100", "1", match.Different},
		{"a-1", "a1", match.Different},
		{"café", "cafe", match.Near},
		{"Łódź", "LODZ", match.Near},
		{"abc", "", match.Different},
		{"", "", match.Different},
	} {
		if got := match.Keys(c.sent, c.held); got != c.want {
			t.Errorf("Keys(%q, %q) = %d, want %d", c.sent, c.held, got, c.want)
		}
		if got := match.Keys(c.held, c.sent); got != c.want {
			t.Errorf("Keys(%q, %q) = %d, want %d", c.held, c.sent, got, c.want)
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sent, held string
		want       match.Kinship
	}{
		{"Zoë", "Zoë", match.Same},
		{"", "", match.Same},
		{"Zoë", "zoe", match.Near},
		{"Łukasz Øst", "Lukasz Ost", match.Near},
		{"Łukasz", "?ukasz", match.Near},
		{"O'Brien", "O&#39;Brien", match.Near},
		{"O'Brien", "O Brien", match.Near},
		{"Jean-Luc", "Jean Luc", match.Near},
		{"Müller", "MÃ¼ller", match.Near},
		{"Müller", "Muller", match.Near},
		{"Wolfeschlegelsteinhausenbergerdorff", "Wolfeschlegelsteinha", match.Near},
		{"Étienne-Maximilien d'Aubigné", "Etienne-Maximilien d", match.Near},
		{"Anne-Sophie O'Conor", "Anne-Sophie O&#39", match.Near},
		{"Zoë", "0000000Zoë", match.Near},
		{"007 Smith", "7 Smith", match.Near},
		{"000", "0", match.Near},
		{"10 Smith", "1 Smith", match.Different},
		{"Smith", "Smyth", match.Different},
		{"Jo", "Joanna", match.Different},
		{"Smith", "", match.Different},
		{"Smith", "?????", match.Different},
		{"李小龙", "李小龍", match.Different},
		{"李小龙", "李小龙 ", match.Near},
	} {
		if got := match.Names(c.sent, c.held); got != c.want {
			t.Errorf("Names(%q, %q) = %d, want %d", c.sent, c.held, got, c.want)
		}
	}
}

// FuzzKinship checks that no form in which a vendor may store a text is Different.
func FuzzKinship(f *testing.F) {
	f.Add("abc12")
	f.Add("O'Brien-Łukasz Ünlü & Söhne Wolfeschlegelsteinhausenbergerdorff")
	f.Add("0012")
	f.Add("&#39")
	f.Fuzz(func(t *testing.T, text string) {
		text = strings.ToValidUTF8(text, "")
		if strings.TrimSpace(text) == "" {
			return
		}
		for _, held := range []string{" " + text + "\t", "000" + text, norm.NFC.String(text), norm.NFD.String(text)} {
			if match.Key(text) != "" && match.Keys(text, held) == match.Different {
				t.Errorf("Keys(%q, %q): different", text, held)
			}
		}
		for _, held := range []string{" " + text, "000" + text, norm.NFC.String(text), norm.NFD.String(text)} {
			if match.Names(text, held) == match.Different {
				t.Errorf("Names(%q, %q): different", text, held)
			}
		}
	})
}

func BenchmarkKey(b *testing.B) {
	for b.Loop() {
		match.Key("CLASSIC-C00")
	}
}
