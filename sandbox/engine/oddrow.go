package engine

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
)

// List is a list in a JSON response, for the fault odd_row.
type List struct {
	// Path leads to the list. A list on the way stands for its first object. An empty path is the
	// response itself.
	Path []string
	// Row is a row of another customer.
	Row map[string]any
	// ID and Key are the members of Row that identify it.
	ID, Key string
	// Inner marks a list inside one customer. Its odd row comes last instead of first.
	Inner bool
	// Whole returns the response to extend where there is nothing to list and the vendor sends 204. It
	// may be nil, or return nil.
	Whole func(*Call) any
}

// withOddRow adds one odd row to each list of the response that is there.
func (e *Endpoint) withOddRow(c *Call, r Response, use int) Response {
	var tree any
	if r.isJSON() {
		if decode(r.Body, &tree) != nil {
			return r
		}
	} else if whole := e.Lists[0].Whole; r.Status == http.StatusNoContent && whole != nil {
		tree = whole(c)
	}
	if tree == nil {
		return r
	}
	for _, list := range e.Lists {
		tree = list.extend(tree, list.Path, use)
	}
	if r.Status == http.StatusNoContent {
		return JSONResponse(http.StatusOK, tree)
	}
	r.Body = encode(tree)
	return r
}

// extend returns the value with the odd row in the list at the path.
func (l *List) extend(value any, path []string, use int) any {
	switch v := value.(type) {
	case map[string]any:
		if len(path) > 0 && v[path[0]] != nil {
			v[path[0]] = l.extend(v[path[0]], path[1:], use)
		}
	case []any:
		if len(path) > 0 {
			for i := range v {
				if _, isObject := v[i].(map[string]any); isObject {
					v[i] = l.extend(v[i], path, use)
					break
				}
			}
			return v
		}
		if l.Inner {
			return append(v, l.oddRow(use))
		}
		return slices.Insert(v, 0, l.oddRow(use))
	}
	return value
}

// oddRow returns the row of another customer, odd in one of six ways.
func (l *List) oddRow(use int) any {
	row := maps.Clone(l.Row)
	switch use % 6 {
	case 0: // the key is a number
		row[l.Key] = 4711
	case 1: // the id is a text, or a number where it should be a text
		row[l.ID] = otherID(row[l.ID])
	case 2:
		return nil
	case 3:
		return "odd row"
	case 4: // no id
		delete(row, l.ID)
	case 5: // a member is null
		row[l.Key] = nil
	}
	return row
}

// otherID returns a number as text, and a text as a number.
func otherID(id any) any {
	if _, isText := id.(string); isText {
		return 4711
	}
	return fmt.Sprint(id)
}

// swapped returns an id as the other of text and number, if that keeps its value.
func swapped(id any) any {
	switch v := id.(type) {
	case json.Number:
		return v.String()
	case string:
		if n, err := strconv.ParseInt(v, 10, 64); err == nil && len(v) < 16 && strconv.FormatInt(n, 10) == v {
			return json.Number(v)
		}
	}
	return id
}
