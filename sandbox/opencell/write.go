package opencell

import (
	"fmt"
	"slices"
	"strings"

	"github.com/enlist-dev/enlist/sandbox/engine"
)

// create is the strict operation: it refuses what exists.
func (o *server) create(c *engine.Call, dto map[string]any) engine.Response {
	levels, wrong := o.checkHierarchy(dto)
	if wrong != nil {
		return o.fail(wrong.code, wrong.message)
	}
	key, made := o.key(c, dto)
	for level := levels.top; level <= levels.bottom; level++ {
		if o.account(level, key.Given) != nil || o.account(level, key.Stored) != nil {
			return o.fail("ENTITY_ALREADY_EXISTS_EXCEPTION", levelName(level)+" with code "+key.Stored+" exists already")
		}
	}
	above, wrong := o.parent(levels, dto)
	if wrong != nil {
		return o.fail(wrong.code, wrong.message)
	}
	dto["code"] = key.Stored
	created := o.Add(c, Name, key, dto)
	created.Detail = &levels
	if above != nil {
		lineage := above.Detail.(*hierarchy)
		lineage.children = append(lineage.children, created)
	}
	if made {
		return success(map[string]any{"entityCode": key.Stored})
	}
	return success(nil)
}

// key returns the code of a new account, and whether the server made it. A request without a code
// that a proxy repeats gets the code that was made for it.
func (o *server) key(c *engine.Call, dto map[string]any) (key engine.Key, made bool) {
	code := engine.TextAt(dto, "code")
	if strings.TrimSpace(code) != "" {
		return c.Key(code), false
	}
	if !c.Repeated {
		o.lastID++
	}
	return engine.PlainKey(fmt.Sprintf("OC-%08d", o.lastID)), true
}

// update merges the given values into the accounts at every level of the request. It fails if one
// of them does not exist.
func (o *server) update(_ *engine.Call, dto map[string]any) engine.Response {
	levels, wrong := o.checkHierarchy(dto)
	code := engine.TextAt(dto, "code")
	if wrong == nil && strings.TrimSpace(code) == "" {
		wrong = missing("code")
	}
	if wrong != nil {
		return o.fail(wrong.code, wrong.message)
	}
	var touched []*engine.Customer
	for level := levels.top; level <= levels.bottom; level++ {
		r := o.account(level, code)
		if r == nil {
			return o.fail("ENTITY_DOES_NOT_EXISTS_EXCEPTION", levelName(level)+" with code "+code+" does not exist")
		}
		if !slices.Contains(touched, r) {
			touched = append(touched, r)
		}
	}
	if _, wrong := o.parent(levels, dto); wrong != nil {
		return o.fail(wrong.code, wrong.message)
	}
	for _, r := range touched {
		if o.Version >= knowsIsCompany { // these versions take an isCompany that is left out for false
			r.Fields["isCompany"] = false
		}
		merge(r.Fields, dto)
		r.Fields["code"] = r.Key // an update does not change it
		r.Updated++
	}
	return success(nil)
}

// createOrUpdate looks at the top level only. If that exists it updates, and then fails if a lower
// account is missing.
func (o *server) createOrUpdate(c *engine.Call, dto map[string]any) engine.Response {
	levels, ok := levelsOf(engine.TextAt(dto, "crmAccountType"))
	if !ok {
		return o.create(c, dto)
	}
	key := c.Key(engine.TextAt(dto, "code"))
	for _, code := range []string{key.Given, key.Stored} {
		if o.account(levels.top, code) != nil {
			dto["code"] = code
			return o.update(c, dto)
		}
	}
	return o.create(c, dto)
}

// merge sets the given values, objects member by member.
func merge(held, given map[string]any) {
	for name, value := range given {
		inner, isObject := value.(map[string]any)
		if !isObject {
			held[name] = value
			continue
		}
		heldInner, both := held[name].(map[string]any)
		if !both {
			heldInner = map[string]any{} // not the given one, as it may go to several records
			held[name] = heldInner
		}
		merge(heldInner, inner)
	}
}
