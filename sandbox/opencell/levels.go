package opencell

import (
	"slices"
	"strings"

	"github.com/enlist-dev/enlist/sandbox/engine"
)

// The levels of a hierarchy, from the top.
const (
	seller = iota
	customer
	customerAccount
	billingAccount
	userAccount
)

// hierarchy is what a record stands for at Opencell: accounts of one code, one at each level from
// the top level to the bottom level.
type hierarchy struct {
	top, bottom int
	children    []*engine.Customer // created later, below one of these accounts
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
func (o *server) account(level int, code string) *engine.Customer {
	for _, r := range o.Find(Name, code) {
		if r.Detail.(*hierarchy).covers(level) {
			return r
		}
	}
	return nil
}

// parent finds the account above. A customer's seller may be missing. It is an assumption that
// Opencell then uses none.
func (o *server) parent(levels hierarchy, dto map[string]any) (*engine.Customer, *problem) {
	code := engine.TextAt(dto, "crmParentCode")
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

func levelName(level int) string {
	return []string{"Seller", "Customer", "CustomerAccount", "BillingAccount", "UserAccount"}[level]
}
