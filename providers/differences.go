package providers

import (
	"slices"
	"strings"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers/match"
)

// Difference is a field in which a customer at the vendor differs from the request.
type Difference struct {
	// Path of the field, from CreateCustomerRequest.
	Path string
	// Requested and Found are the values. An unset value is empty, and a secret is a placeholder.
	Requested, Found string
}

// tellApart reports whether a path has a value that tells persons apart. If only one of two
// customers has such a value, they differ.
func tellApart(path string) bool {
	switch path {
	case "customer.email", "customer.phone", "customer.mobile", "customer.name.given_name", "customer.name.family_name",
		"customer.organization.name", "customer.organization.vat_number", "customer.birth_date":
		return true
	}
	return false
}

// Differences returns the fields in which a candidate differs from the request, in field order. It
// has those that the adapter names, and those whose values differ. Fields that the vendor returns
// in another form, or does not return, do not count. A nearly equal id counts.
func (d *Description) Differences(candidate *Candidate) (differences []Difference) {
	add := func(path, requested, found string) {
		differences = append(differences, Difference{Path: path, Requested: requested, Found: found})
	}
	there := map[string]leaf{}
	all := leavesOfCustomer(candidate.Found)
	for _, leaf := range all {
		there[leaf.path] = leaf
	}
	named, wanted := slices.Clone(candidate.Differences), map[string]bool{}
	for _, leaf := range leavesOfCustomer(candidate.Requested) {
		found := there[leaf.path]
		wanted[leaf.path] = leaf.value != ""
		at := slices.Index(named, leaf.path)
		switch {
		case at >= 0:
			named = slices.Delete(named, at, at+1)
		case isOutputOnly(leaf.path), leaf.value == "", found.value == "", d.ReadOtherwise[leaf.path] != "",
			comparison(leaf.path)(leaf.value, found.value) != match.Different && (leaf.path != "customer.id" || !candidate.Near):
			continue
		}
		add(leaf.path, leaf.shown, found.shown)
	}
	for _, found := range all {
		if found.value != "" && !wanted[found.path] && tellApart(found.path) && d.ReadOtherwise[found.path] == "" {
			add(found.path, "", found.shown)
			named = slices.DeleteFunc(named, func(path string) bool { return path == found.path })
		}
	}
	for _, path := range named { // of the vendor's options; the record has the value among its ids
		_, name, _ := strings.Cut(path, ".")
		add(path, "", candidate.Found.GetVendorIds()[name])
	}
	return differences
}

// Differing returns the paths in which several customers at the vendor differ from each other. The
// ids do not count. A value that one of them lacks counts. When they were created counts if
// nothing else differs.
func Differing(customers []*enlistv1.Customer) (paths []string) {
	if len(customers) < 2 {
		return nil
	}
	values := make([]map[string]string, len(customers))
	var known []string
	for i, customer := range customers {
		values[i] = map[string]string{}
		for _, leaf := range leavesOfCustomer(customer) {
			if isOutputOnly(leaf.path) || leaf.path == "customer.id" {
				continue
			}
			values[i][leaf.path] = strings.ToLower(strings.TrimSpace(leaf.value))
			if !slices.Contains(known, leaf.path) {
				known = append(known, leaf.path)
			}
		}
	}
	for _, path := range known {
		for _, other := range values[1:] {
			if other[path] != values[0][path] {
				paths = append(paths, path)
				break
			}
		}
	}
	if len(paths) == 0 && slices.ContainsFunc(customers[1:], func(other *enlistv1.Customer) bool {
		return !other.GetCreateTime().AsTime().Equal(customers[0].GetCreateTime().AsTime())
	}) {
		paths = append(paths, "customer.create_time")
	}
	return paths
}

// comparison returns how values at a path compare.
func comparison(path string) func(sent, held string) match.Kinship {
	if path == "customer.id" {
		return match.Keys
	}
	return match.Names
}

// FieldWords returns the name of a field in words, such as "phone" or "billing address city".
func FieldWords(path string) string {
	path = strings.TrimPrefix(path, "customer.")
	if line, isLine := strings.CutSuffix(path, ".lines[0]"); isLine {
		path = line + " line 1"
	} else if line, isLine := strings.CutSuffix(path, ".lines[1]"); isLine {
		path = line + " line 2"
	}
	path = strings.TrimPrefix(index.ReplaceAllString(path, ""), "name.")
	words := strings.NewReplacer(".", " ", "_", " ").Replace(path)
	return strings.ReplaceAll(words, "vat number", "VAT number")
}

// VendorName returns the name of a vendor in plain words, such as "Avvio" or "Sell&Sign".
func VendorName(vendor enlistv1.Vendor) string {
	var name strings.Builder
	for _, word := range strings.Split(strings.TrimPrefix(vendor.String(), "VENDOR_"), "_") {
		if word == "AND" {
			name.WriteString("&")
			continue
		}
		name.WriteString(word[:1] + strings.ToLower(word[1:]))
	}
	return name.String()
}
