package importer

import "testing"

// Whatever a column is called, its path is none, or is one that has the same notation.
func FuzzParsePath(f *testing.F) {
	for _, seed := range []string{
		"customer.id", "Given name", "billing_address.lines[1]", "properties.a.b", "properties[x]", "opencell.custom_fields[0].map_value.entries[k].long_value",
		"a[", "lines[99999]", "customer.", ".", "properties[", "birth_date.year",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		found, err := parsePath(text)
		if err != nil {
			return
		}
		again, err := parsePath(found.String())
		if err != nil || again.String() != found.String() {
			t.Errorf("%q is %s, which is %v (%v)", text, found, again, err)
		}
	})
}
