package server

import (
	"cmp"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/enlist-dev/enlist/providers/rules"
)

const (
	// mostMeant bounds the number of fields in a suggestion.
	mostMeant = 3
	// mostLikened is the length of the longest name that gets a suggestion.
	mostLikened = 64
)

// meant suggests fields for an unknown name. It suggests fields of the same message with a
// similar name, or else fields with that name elsewhere in the request. It returns the end of a
// sentence.
func meant(path, name string, owner, request protoreflect.MessageDescriptor) string {
	if name == "" || len(name) > mostLikened {
		return "."
	}
	var found []string
	for i := range owner.Fields().Len() {
		if field := owner.Fields().Get(i); isLike(name, field) && !rules.IsOutput(field) {
			found = append(found, path[:strings.LastIndex(path, ".")+1]+string(field.Name()))
		}
	}
	if len(found) == 0 {
		found = named(nil, plain(name), request, "")
	}
	if len(found) == 0 {
		return "."
	}
	far := func(path string) int { return distance(plain(name), plain(path[strings.LastIndex(path, ".")+1:])) }
	slices.SortStableFunc(found, func(a, b string) int { return cmp.Or(far(a)-far(b), len(a)-len(b)) })
	found = found[:min(len(found), mostMeant)]
	last := len(found) - 1
	if last > 0 {
		found = []string{strings.Join(found[:last], ", ") + " or " + found[last]}
	}
	return ": did you mean " + found[0] + "?"
}

// plain maps family_name, familyName and Family-Name to the same text.
func plain(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(name))
}

// isLike reports whether a name resembles a field's name. It ignores case and separators. The
// names are alike if one begins or ends with the other, or if they are nearly equal.
func isLike(name string, field protoreflect.FieldDescriptor) bool {
	given, there := plain(name), plain(string(field.Name()))
	if strings.HasPrefix(given, there) || strings.HasSuffix(given, there) ||
		len(given) > 2 && (strings.HasPrefix(there, given) || strings.HasSuffix(there, given)) {
		return true
	}
	return distance(given, there) <= min(len(there)/3, 2)
}

// distance counts the letters to insert, delete, replace or swap with the next to turn one text
// into another.
func distance(a, b string) int {
	var before, last []int
	for i := range len(a) + 1 {
		row := make([]int, len(b)+1)
		for j := range row {
			switch {
			case i == 0 || j == 0:
				row[j] = i + j
				continue
			case a[i-1] == b[j-1]:
				row[j] = last[j-1]
			default:
				row[j] = 1 + min(last[j-1], last[j], row[j-1])
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}

// named appends the paths of the fields with a name below a message. It skips lists and maps.
func named(found []string, name string, message protoreflect.MessageDescriptor, prefix string) []string {
	for i := range message.Fields().Len() {
		field := message.Fields().Get(i)
		path := prefix + string(field.Name())
		if rules.IsOutput(field) {
			continue
		}
		if plain(string(field.Name())) == name {
			found = append(found, path)
		}
		if field.Message() != nil && !field.IsList() && !field.IsMap() && strings.HasPrefix(string(field.Message().FullName()), "enlist.") {
			found = named(found, name, field.Message(), path+".")
		}
	}
	return found
}
