package opencell_test

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

// The sandbox and the tests of the adapter go by the same table of Opencell's names.
func TestOpencellTable(t *testing.T) {
	own, err := os.ReadFile("dto.json")
	if err != nil {
		t.Fatal(err)
	}
	adapters, err := os.ReadFile("../../providers/opencell/testdata/dto.json")
	if err != nil || !bytes.Equal(own, adapters) {
		t.Errorf("the tables differ, or there is no other: %v", err)
	}
}

// place is one member of a request, within the objects, lists and maps that hold it.
type place struct {
	path, kind string
	holding    func(value any) map[string]any // the change of the request that gives it a value
}

// placesOf lists the places of a request, each DTO once on the way to another.
func placesOf(table map[string]map[string]string, dto string, above place, way []string) []place {
	var all []place
	for name, kind := range table[dto] {
		at := place{path: strings.TrimPrefix(above.path+"."+name, "."), kind: kind}
		at.holding = func(value any) map[string]any {
			member := map[string]any{name: value}
			if above.holding == nil {
				return member
			}
			return above.holding(member)
		}
		all = append(all, at)
		within := at
		if element, isList := strings.CutPrefix(kind, "list of "); isList {
			kind, within.path = element, at.path+"[0]"
			within.holding = func(value any) map[string]any { return at.holding([]any{value}) }
		} else if element, isMap := strings.CutPrefix(kind, "map of "); isMap {
			kind, within.path = element, at.path+".k"
			within.holding = func(value any) map[string]any { return at.holding(map[string]any{"k": value}) }
		}
		if _, isObject := table[kind]; isObject && !strings.Contains(" "+strings.Join(way, " ")+" ", " "+kind+" ") {
			all = append(all, place{path: within.path + ".", kind: "unknown", holding: func(any) map[string]any {
				return within.holding(map[string]any{"noSuchName": 1})
			}})
			all = append(all, placesOf(table, kind, within, append(way[:len(way):len(way)], kind))...)
		}
	}
	return all
}

// At every place of a request, however deep, the sandbox refuses a name that Opencell does not
// know, a value of another type, and a value that an enum does not have. It names the place.
func TestOpencellRefusesAtEveryPlace(t *testing.T) {
	text, err := os.ReadFile("dto.json")
	if err != nil {
		t.Fatal(err)
	}
	var table struct{ Request map[string]map[string]string }
	if err := json.Unmarshal(text, &table); err != nil {
		t.Fatal(err)
	}
	w := sandboxtest.NewWorld(t)
	token, whole := w.OpencellToken(), w.Fixture("opencell/create_request.json")
	tried := 0
	for _, at := range placesOf(table.Request, "CRMAccountHierarchyDto", place{}, []string{"CRMAccountHierarchyDto"}) {
		wrong, code, path := any(map[string]any{"x": 1}), "INVALID_PARAMETER", at.path
		switch {
		case at.kind == "Object":
			continue
		case at.kind == "unknown":
			path += "noSuchName"
		case strings.HasPrefix(at.kind, "enum "):
			wrong, code = "NO_SUCH_VALUE", "INVALID_ENUM_VALUE"
		case table.Request[at.kind] != nil, strings.HasPrefix(at.kind, "map of "):
			wrong = "text"
		}
		tried++
		r := w.Opencell("POST", sandboxtest.OpencellCreate, sandboxtest.Alter(t, whole, at.holding(wrong)), token)
		if body := r.JSON(t); r.Status != 400 || body["errorCode"] != code || !strings.Contains(body["message"].(string), path) {
			t.Errorf("%s (%s): %d %s", path, at.kind, r.Status, r.Body)
		}
	}
	if tried < 300 {
		t.Errorf("only %d places were tried", tried)
	}
}
