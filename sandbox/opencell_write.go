package sandbox

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// The levels of a hierarchy, from the top.
const (
	seller = iota
	customer
	customerAccount
	billingAccount
	userAccount
)

// hierarchy is what a record is at Opencell: accounts of one code, one at each
// level from the top level to the bottom level.
type hierarchy struct {
	top, bottom int
	children    []*record // created later, under the bottom one or above
}

func (h *hierarchy) covers(level int) bool { return h.top <= level && level <= h.bottom }

// levelsOf reads a crmAccountType: one level, or the top and the bottom one.
func levelsOf(crmAccountType string) (h hierarchy, ok bool) {
	names := []string{"S", "C", "CA", "BA", "UA"}
	first, last, isRange := strings.Cut(crmAccountType, "_")
	if !isRange {
		last = first
	}
	h.top, h.bottom = slices.Index(names, first), slices.Index(names, last)
	return h, h.top >= 0 && h.top <= h.bottom && (!isRange || h.top < h.bottom)
}

// account finds the record that holds the account of that level and code.
func (o *opencell) account(level int, code string) *record {
	for _, r := range o.records.withKey(Opencell, code) {
		if r.detail.(*hierarchy).covers(level) {
			return r
		}
	}
	return nil
}

// create is the strict way: what exists is refused.
func (o *opencell) create(c *call, dto map[string]any) answer {
	levels, wrong := o.checkHierarchy(dto)
	if wrong != nil {
		return o.fail(wrong.code, wrong.message)
	}
	code, _ := dto["code"].(string)
	made := strings.TrimSpace(code) == ""
	if made {
		o.lastID++
		code = fmt.Sprintf("OC-%08d", o.lastID)
		dto["code"] = code
	}
	for level := levels.top; level <= levels.bottom; level++ {
		if o.account(level, code) != nil {
			return o.fail("ENTITY_ALREADY_EXISTS_EXCEPTION", levelName(level)+" with code "+code+" exists already")
		}
	}
	above, wrong := o.parent(levels, dto)
	if wrong != nil {
		return o.fail(wrong.code, wrong.message)
	}
	created := o.add(c, Opencell, code, dto)
	created.detail = &levels
	if above != nil {
		lineage := above.detail.(*hierarchy)
		lineage.children = append(lineage.children, created)
	}
	if made {
		return opencellSuccess(map[string]any{"entityCode": code})
	}
	return opencellSuccess(nil)
}

// update merges what is given into what is there: at every level the request
// names, or it fails.
func (o *opencell) update(_ *call, dto map[string]any) answer {
	levels, wrong := o.checkHierarchy(dto)
	code, _ := dto["code"].(string)
	if wrong == nil && strings.TrimSpace(code) == "" {
		wrong = missing("code")
	}
	if wrong != nil {
		return o.fail(wrong.code, wrong.message)
	}
	var touched []*record
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
		merge(r.fields, dto)
		r.updated++
	}
	return opencellSuccess(nil)
}

// createOrUpdate looks at the top level only: where that exists it updates,
// and then fails if a lower account is missing.
func (o *opencell) createOrUpdate(c *call, dto map[string]any) answer {
	crmAccountType, _ := dto["crmAccountType"].(string)
	code, _ := dto["code"].(string)
	if levels, ok := levelsOf(crmAccountType); ok && o.account(levels.top, code) != nil {
		return o.update(c, dto)
	}
	return o.create(c, dto)
}

// checkHierarchy checks what must be given and what must have been set up. A
// type that is none of the built-in ones would be an account model of the
// operator's own; none is set up here.
func (o *opencell) checkHierarchy(dto map[string]any) (hierarchy, *opencellProblem) {
	levels, ok := levelsOf(textAt(dto, "crmAccountType"))
	if !ok && textAt(dto, "crmAccountType") != "" {
		return levels, absent("CRMAccountType", textAt(dto, "crmAccountType"))
	}
	if !ok { // All that the usual type needs, for the message.
		levels = hierarchy{top: customer, bottom: userAccount}
	}
	required := []string{"crmAccountType"}
	for level, names := range map[int][]string{
		customer:        {"customerCategory"},
		customerAccount: {"currency", "language"},
		billingAccount:  {"billingCycle", "country"},
	} {
		if levels.covers(level) {
			required = append(required, names...)
		}
	}
	if levels.covers(billingAccount) && dto["electronicBilling"] == true {
		required = append(required, "email")
	}
	if textAt(dto, "name", "title") != "" {
		required = append(required, "name.lastName")
	}
	var lacking []string
	for _, name := range required {
		if strings.TrimSpace(textAt(dto, strings.Split(name, ".")...)) == "" {
			lacking = append(lacking, name)
		}
	}
	if len(lacking) > 0 {
		slices.Sort(lacking)
		return levels, missing(lacking...)
	}
	switch textAt(dto, "paymentMethod") {
	case "", "CHECK", "WIRETRANSFER", "PAYPAL":
	default:
		return levels, invalid("paymentMethod %s needs details: use paymentMethods", textAt(dto, "paymentMethod"))
	}
	methods, _ := dto["paymentMethods"].([]any)
	for i, method := range methods {
		if textAt(method.(map[string]any), "paymentMethodType") == "" {
			return levels, missing(fmt.Sprintf("paymentMethods[%d].paymentMethodType", i))
		}
	}
	return levels, o.checkReferences(dto)
}

func (o *opencell) checkReferences(dto map[string]any) *opencellProblem {
	for _, reference := range []struct {
		path   string
		entity string
		setUp  map[string]bool
	}{
		{"name.title", "Title", o.setup.titles},
		{"customerCategory", "CustomerCategory", o.setup.categories},
		{"customerBrand", "CustomerBrand", o.setup.brands},
		{"currency", "TradingCurrency", o.setup.currencies},
		{"language", "TradingLanguage", o.setup.languages},
		{"country", "TradingCountry", o.setup.countries},
		{"address.country", "Country", o.setup.countries},
		{"billingCycle", "BillingCycle", o.setup.billingCycles},
		{"creditCategory", "CreditCategory", o.setup.creditCategories},
		{"terminationReason", "SubscriptionTerminationReason", o.setup.terminationReasons},
		{"emailTemplate", "EmailTemplate", o.setup.emailTemplates},
	} {
		code := textAt(dto, strings.Split(reference.path, ".")...)
		if code != "" && !reference.setUp[code] {
			return absent(reference.entity, code)
		}
	}
	return nil
}

// parent finds the account above. A customer's seller may be left out; that
// Opencell then takes none is an assumption.
func (o *opencell) parent(levels hierarchy, dto map[string]any) (*record, *opencellProblem) {
	code := textAt(dto, "crmParentCode")
	if levels.top == seller {
		return nil, nil
	}
	if levels.top == customer {
		if code == "" || o.setup.sellers[code] {
			return nil, nil
		}
		if o.account(seller, code) == nil {
			return nil, absent("Seller", code)
		}
		return nil, nil
	}
	if code == "" {
		return nil, missing("crmParentCode")
	}
	above := o.account(levels.top-1, code)
	if above == nil {
		return nil, absent(levelName(levels.top-1), code)
	}
	return above, nil
}

func opencellSuccess(more map[string]any) answer {
	body := map[string]any{"status": "SUCCESS", "message": ""}
	maps.Copy(body, more)
	return jsonAnswer(http.StatusOK, body)
}

func missing(names ...string) *opencellProblem {
	return &opencellProblem{"MISSING_PARAMETER", "Parameters required: " + strings.Join(names, ", ")}
}

func absent(entity, code string) *opencellProblem {
	return &opencellProblem{"ENTITY_DOES_NOT_EXISTS_EXCEPTION", entity + " with code " + code + " does not exist"}
}

func levelName(level int) string {
	return []string{"Seller", "Customer", "CustomerAccount", "BillingAccount", "UserAccount"}[level]
}

// merge sets what is given, objects member by member.
func merge(held, given map[string]any) {
	for name, value := range given {
		inner, isObject := value.(map[string]any)
		if !isObject {
			held[name] = value
			continue
		}
		heldInner, both := held[name].(map[string]any)
		if !both {
			heldInner = map[string]any{} // not the given one: it may go to several records
			held[name] = heldInner
		}
		merge(heldInner, inner)
	}
}

// textAt is the text at a path, "" if there is none.
func textAt(object map[string]any, path ...string) string {
	for _, name := range path[:len(path)-1] {
		object, _ = object[name].(map[string]any)
	}
	text, _ := object[path[len(path)-1]].(string)
	return text
}
