package engine

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
)

// JSON says which members of a JSON response identify the customer or the outcome, wherever they
// stand. The fault other_types changes the others.
type JSON struct {
	// Fixed texts, numbers and flags stay as they are.
	Fixed []string
	// IDs keep their value, but may change between number and text.
	IDs []string
	// Also makes further changes to an object, as the last step. It may be nil.
	Also func(body map[string]any, use int)
}

// withOtherTypes sends members as other JSON types.
func (j *JSON) withOtherTypes(r Response, use int) Response {
	var tree any
	if !r.isJSON() || decode(r.Body, &tree) != nil {
		return r
	}
	changer := typeChanger{JSON: j, use: use, next: use}
	tree = changer.inside(tree)
	if object, ok := tree.(map[string]any); ok && j.Also != nil {
		j.Also(object, use)
	}
	r.Body = encode(tree)
	return r
}

// typeChanger goes through a response in the order of its members' names.
type typeChanger struct {
	*JSON
	use  int
	next int // picks the type of the next text
}

// inside changes the members of an object, or of the objects in a list.
func (t *typeChanger) inside(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			v[name] = t.member(name, v[name])
		}
	case []any:
		for i := range v {
			v[i] = t.inside(v[i])
		}
	}
	return value
}

func (t *typeChanger) member(name string, value any) any {
	switch value.(type) {
	case json.Number, bool, string:
		switch {
		case slices.Contains(t.IDs, name) && t.use%2 == 0:
			return swapped(value)
		case slices.Contains(t.IDs, name) || slices.Contains(t.Fixed, name):
			return value
		}
	}
	switch v := value.(type) {
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	case string:
		return t.text(name, v)
	case map[string]any:
		if t.use%2 == 1 && !t.identifies(v) {
			return string(encode(v))
		}
	}
	return t.inside(value)
}

// text returns a text as another type: a number if it is one, else whatever is next.
func (t *typeChanger) text(name, text string) any {
	switch name {
	case "email", "Email":
		return []any{text}
	case "currency":
		return map[string]any{"code": text}
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return n
	}
	t.next++
	switch t.next % 4 {
	case 0:
		return map[string]any{"value": text}
	case 1:
		return []any{text}
	case 2:
		return true
	}
	return len(text)
}

// identifies reports whether a member that identifies something stands in the value.
func (t *typeChanger) identifies(value any) bool {
	switch v := value.(type) {
	case map[string]any:
		for name, inner := range v {
			if slices.Contains(t.Fixed, name) || slices.Contains(t.IDs, name) || t.identifies(inner) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, t.identifies)
	}
	return false
}
