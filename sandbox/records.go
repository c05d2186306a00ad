package sandbox

import (
	"cmp"
	"slices"
	"time"
)

// record is one customer as a vendor holds it.
type record struct {
	vendor  Vendor
	key     string // what the vendor, or for Avvio the email, tells it apart by
	fields  map[string]any
	updated int
	appears time.Time // look-ups do not find it before
	detail  any       // what else its vendor keeps of it
}

func (r *record) visible(at time.Time) bool { return !at.Before(r.appears) }

// recordStore holds the records of all vendors. Two records may share a key:
// not every vendor refuses that.
type recordStore struct {
	byKey map[Vendor]map[string][]*record
	all   map[Vendor][]*record // in the order of creation
}

func newRecordStore() *recordStore {
	return &recordStore{byKey: map[Vendor]map[string][]*record{}, all: map[Vendor][]*record{}}
}

func (s *recordStore) add(r *record) {
	if s.byKey[r.vendor] == nil {
		s.byKey[r.vendor] = map[string][]*record{}
	}
	s.byKey[r.vendor][r.key] = append(s.byKey[r.vendor][r.key], r)
	s.all[r.vendor] = append(s.all[r.vendor], r)
}

func (s *recordStore) remove(r *record) {
	same := func(other *record) bool { return other == r }
	s.byKey[r.vendor][r.key] = slices.DeleteFunc(s.byKey[r.vendor][r.key], same)
	s.all[r.vendor] = slices.DeleteFunc(s.all[r.vendor], same)
}

// withKey returns the vendor's records of that key, the oldest first.
func (s *recordStore) withKey(vendor Vendor, key string) []*record { return s.byKey[vendor][key] }

// of returns all records of a vendor, the oldest first.
func (s *recordStore) of(vendor Vendor) []*record { return s.all[vendor] }

func (s *recordStore) clear() {
	clear(s.byKey)
	clear(s.all)
}

// Record is a customer as GET /sandbox/records shows it. Key is the code at
// Opencell, the number at Sell&Sign, the reference at Valomnia, the AccountNo at
// Caliq and the email at Avvio.
type Record struct {
	Vendor Vendor `json:"vendor"`
	Key    string `json:"key"`
	// Created counts the records of this vendor with this key: more than one is a
	// duplicate, and each is listed.
	Created int `json:"created"`
	// Updated counts how often this record was updated after it was created.
	Updated int `json:"updated"`
	// Record is what the vendor holds, secrets masked.
	Record map[string]any `json:"record"`
}

// list shows the records of the vendors named, sorted by vendor and key, those
// of one key in the order of their creation.
func (s *recordStore) list(vendors []Vendor) []Record {
	held := []Record{}
	for _, vendor := range vendors {
		for _, r := range s.of(vendor) {
			held = append(held, Record{
				Vendor:  vendor,
				Key:     r.key,
				Created: len(s.withKey(vendor, r.key)),
				Updated: r.updated,
				Record:  masked(r.fields).(map[string]any),
			})
		}
	}
	slices.SortStableFunc(held, func(a, b Record) int {
		return cmp.Or(cmp.Compare(a.Vendor, b.Vendor), cmp.Compare(a.Key, b.Key))
	})
	return held
}

// masked copies a value, with "***" in place of whatever is secret by its name.
// It copies all of it, so that the answer can be written without the lock.
func masked(value any) any {
	switch v := value.(type) {
	case map[string]any:
		shown := make(map[string]any, len(v))
		for name, inner := range v {
			if secret(name) {
				shown[name] = "***"
			} else {
				shown[name] = masked(inner)
			}
		}
		return shown
	case []any:
		shown := make([]any, len(v))
		for i, inner := range v {
			shown[i] = masked(inner)
		}
		return shown
	default:
		return v
	}
}

func secret(name string) bool {
	switch name {
	case "password", "apiKey", "userAuth", "j_token", "cardNumber", "issueNumber", "tokenId":
		return true
	}
	return false
}
