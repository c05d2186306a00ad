package engine

import (
	"cmp"
	"slices"
)

// Record is a customer as GET /sandbox/records shows it. Key is the code at Opencell, the number at
// Sell&Sign, the reference at Valomnia, the AccountNo at Caliq and the email at Avvio.
type Record struct {
	Vendor Vendor `json:"vendor"`
	// Key is in the form that the vendor stores.
	Key string `json:"key"`
	// Created counts the records of this vendor with this key, in any form that the vendor normalised.
	// More than one is a duplicate, and each is listed.
	Created int `json:"created"`
	// Updated counts how often this record was updated after its creation.
	Updated int `json:"updated"`
	// Record is what the vendor holds, with secrets masked.
	Record map[string]any `json:"record"`
}

// list shows the records of the named vendors. They are sorted by vendor and key, and those of one
// key stand in the order of their creation.
func (s *store) list(vendors []Vendor) []Record {
	held := []Record{}
	for _, vendor := range vendors {
		for _, c := range s.all[vendor] {
			held = append(held, Record{
				Vendor:  vendor,
				Key:     c.Key,
				Created: s.created(c),
				Updated: c.Updated,
				Record:  masked(c.Fields).(map[string]any),
			})
		}
	}
	slices.SortStableFunc(held, func(a, b Record) int {
		return cmp.Or(cmp.Compare(a.Vendor, b.Vendor), cmp.Compare(a.Key, b.Key))
	})
	return held
}

// masked copies a value, with "***" in place of everything whose name says that it is secret. It
// copies all of it, so that the response can be written without the lock.
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
