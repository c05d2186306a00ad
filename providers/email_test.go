package providers

import (
	"strings"
	"testing"
)

func TestSentEmail(t *testing.T) {
	for address, want := range map[string]string{
		"":                            "",
		"Jo@Example.COM":              "Jo@Example.COM",
		"jo@m\u00fcller.example":      "jo@xn--mller-kva.example",
		"Jo@M\u00dcLLER.Example":      "Jo@xn--mller-kva.example",
		"jo@mu\u0308ller.example":     "jo@xn--mller-kva.example", // decomposed
		"jo@fa\u00df.example":         "jo@xn--fa-hia.example",    // not fass.example, which may belong to someone else
		"jo@\u4f8b\u3048\u3002jp":     "jo@xn--r8jz45g.jp",        // an ideographic full stop
		"j\u00f6@m\u00fcller.example": "j\u00f6@xn--mller-kva.example",
		"jo@XN--mller-kva.example":    "jo@XN--mller-kva.example",
	} {
		if got, err := SentEmail(address); got != want || err != nil {
			t.Errorf("%s: got %q, %v, want %q", address, got, err, want)
		}
	}
	long := strings.Repeat("\u00fc", 40)
	for _, address := range []string{
		"jo@xn--a.example", "jo@-m\u00fcller.example", "jo@m\u00fcller..example", "jo@" + strings.Repeat("\u00fc", 64) + ".example", "jo@m\u00fc_ller.example",
		"jo@\u05d0a.example", "jo@m\u00fc ller.example", strings.Repeat("a", 64) + "@" + long + "." + long + "." + long + "." + long + ".example",
	} {
		if got, err := SentEmail(address); err == nil || strings.Contains(err.Error(), address) {
			t.Errorf("%s: got %q, %v", address, got, err)
		}
	}
}
