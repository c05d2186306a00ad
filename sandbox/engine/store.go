package engine

import (
	"slices"
	"time"
)

// Customer is one customer as a vendor stores it.
type Customer struct {
	Vendor Vendor
	// Key is what the vendor tells customers apart by, in the vendor's form. At Avvio, which has no
	// such key, it is the email.
	Key    string
	Fields map[string]any
	// Updated counts the updates since the creation.
	Updated int
	// Detail is what else the vendor's package keeps.
	Detail any

	appears time.Time // look-ups do not find it before
	key     Key
}

// Visible reports whether look-ups find the customer at that time.
func (c *Customer) Visible(at time.Time) bool { return !at.Before(c.appears) }

// store holds the customers of all vendors. Two customers may share a key, as not every vendor
// refuses that.
type store struct {
	all    map[Vendor][]*Customer // in the order of creation
	byKey  map[Vendor]map[string][]*Customer
	formed map[Vendor][]*Customer // those whose key was normalised
}

func newStore() *store {
	return &store{
		all:    map[Vendor][]*Customer{},
		byKey:  map[Vendor]map[string][]*Customer{},
		formed: map[Vendor][]*Customer{},
	}
}

func (s *store) add(c *Customer) {
	if s.byKey[c.Vendor] == nil {
		s.byKey[c.Vendor] = map[string][]*Customer{}
	}
	s.byKey[c.Vendor][c.Key] = append(s.byKey[c.Vendor][c.Key], c)
	s.all[c.Vendor] = append(s.all[c.Vendor], c)
	if c.key.form != nil {
		s.formed[c.Vendor] = append(s.formed[c.Vendor], c)
	}
}

func (s *store) remove(c *Customer) {
	same := func(other *Customer) bool { return other == c }
	s.byKey[c.Vendor][c.Key] = slices.DeleteFunc(s.byKey[c.Vendor][c.Key], same)
	s.all[c.Vendor] = slices.DeleteFunc(s.all[c.Vendor], same)
	s.formed[c.Vendor] = slices.DeleteFunc(s.formed[c.Vendor], same)
}

// find returns the vendor's customers with that key: those that store it as it is, then those that
// store a form of it.
func (s *store) find(vendor Vendor, key string) []*Customer {
	exact := s.byKey[vendor][key]
	found := exact[:len(exact):len(exact)]
	for _, c := range s.formed[vendor] {
		if c.Key != key && c.key.matches(key) {
			found = append(found, c)
		}
	}
	return found
}

// created counts the customers whose key equals that of the customer, after normalisation.
func (s *store) created(c *Customer) int {
	among := s.formed[c.Vendor]
	count := 0
	if c.key.form != nil {
		among = s.all[c.Vendor]
	} else {
		count = len(s.byKey[c.Vendor][c.Key])
	}
	for _, other := range among {
		counted := c.key.form == nil && other.Key == c.Key
		if !counted && c.key.same(other.key) {
			count++
		}
	}
	return count
}

func (s *store) clear() {
	clear(s.byKey)
	clear(s.all)
	clear(s.formed)
}
