package opencell

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// property is one JSON property of a request to Opencell.
type property struct {
	kind    propertyKind
	limit   int                 // characters of a text; 0 for any
	column  int                 // characters that the database holds, where that is less; 0 for no less
	values  []string            // an enumeration; empty for any
	fields  map[string]property // of an object
	element *property           // each item of a list, or each value of a map
}

type propertyKind int

const (
	aText propertyKind = iota
	aFlag              // true, "true" and their opposites
	aDate              // yyyy-MM-dd
	aNumber
	anObject
	aList
	aMap
	anything
)

func invalid(format string, values ...any) *problem {
	return &problem{"INVALID_PARAMETER", fmt.Sprintf(format, values...)}
}

// checkObject returns the given members without nulls and with flags as booleans. Where there is a
// problem it returns the first one, in the order of the names.
func checkObject(path string, given map[string]any, form map[string]property) (map[string]any, *problem) {
	checked := make(map[string]any, len(given))
	for _, name := range slices.Sorted(maps.Keys(given)) {
		p, known := form[name]
		if !known {
			return nil, invalid("Unrecognized property %q", path+name)
		}
		if given[name] == nil {
			continue
		}
		value, wrong := p.check(path+name, given[name])
		if wrong != nil {
			return nil, wrong
		}
		checked[name] = value
	}
	return checked, nil
}

func (p property) check(path string, value any) (any, *problem) {
	switch p.kind {
	case aFlag:
		switch value {
		case true, "true":
			return true, nil
		case false, "false":
			return false, nil
		}
		return nil, invalid("%s must be true or false", path)
	case aNumber:
		if _, ok := value.(json.Number); !ok {
			return nil, invalid("%s must be a number", path)
		}
		return value, nil
	case anObject:
		object, ok := value.(map[string]any)
		if !ok {
			return nil, invalid("%s must be an object", path)
		}
		return checkObject(path+".", object, p.fields)
	case aList:
		return p.checkList(path, value)
	case aMap:
		return p.checkMap(path, value)
	case anything:
		return value, nil
	}
	text, ok := value.(string)
	switch {
	case !ok:
		return nil, invalid("%s must be a text", path)
	case p.limit > 0 && utf8.RuneCountInString(text) > p.limit:
		return nil, invalid("%s is longer than %d characters", path, p.limit)
	case p.column > 0 && utf8.RuneCountInString(text) > p.column:
		return nil, &problem{"GENERIC_API_EXCEPTION", "could not execute statement"}
	case len(p.values) > 0 && !slices.Contains(p.values, text):
		return nil, &problem{"INVALID_ENUM_VALUE", fmt.Sprintf("%s must be one of %s", path, strings.Join(p.values, ", "))}
	case p.kind == aDate:
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			return nil, invalid("%s must be a date such as 2018-01-10", path)
		}
	}
	return text, nil
}

func (p property) checkList(path string, value any) (any, *problem) {
	list, ok := value.([]any)
	if !ok {
		return nil, invalid("%s must be a list", path)
	}
	items := make([]any, 0, len(list))
	for i, item := range list {
		checked, wrong := p.element.check(fmt.Sprintf("%s[%d]", path, i), item)
		if wrong != nil {
			return nil, wrong
		}
		items = append(items, checked)
	}
	return items, nil
}

func (p property) checkMap(path string, value any) (any, *problem) {
	entries, ok := value.(map[string]any)
	if !ok {
		return nil, invalid("%s must be an object", path)
	}
	checked := make(map[string]any, len(entries))
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		entry, wrong := p.element.check(path+"."+name, entries[name])
		if wrong != nil {
			return nil, wrong
		}
		checked[name] = entry
	}
	return checked, nil
}
