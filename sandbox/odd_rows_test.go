package sandbox_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

// lists says where the odd rows come, and which members identify a row.
func lists() map[string]struct {
	path    []any
	id, key string
} {
	type list = struct {
		path    []any
		id, key string
	}
	return map[string]list{
		"opencell/get":                   {[]any{"customer", "customerAccounts", "customerAccount"}, "code", "description"},
		"sell_and_sign/list_contractors": {[]any{"elements"}, "id", "customerNumber"},
		"sell_and_sign/list_properties":  {[]any{"elements"}, "id", "key"},
		"valomnia/create":                {[]any{"paymentTypes"}, "id", "reference"},
		"valomnia/get":                   {[]any{"paymentTypes"}, "id", "reference"},
		"caliq/create":                   {[]any{"CustomerCreateData", "CustomerCreateIssues"}, "ID", "Message"},
		"caliq/get":                      {[]any{"CustomerChangeList"}, "ID", "AccountNo"},
		"caliq/messages":                 {[]any{"MessagesList"}, "ID", "Description"},
		"avvio/get":                      {[]any{"siteList", 0, "accountList"}, "accountID", "email"},
		"avvio/access":                   {[]any{"siteList"}, "siteID", "primaryName"},
	}
}

func TestOddRow(t *testing.T) {
	eachOperation(t, "odd_row", func(w *sandboxtest.World, c sandboxtest.Client, operation string, send func() sandboxtest.Reply) {
		list := lists()[c.Vendor+"/"+operation]
		rows := func() []any { return sandboxtest.At(w.T, send().JSON(w.T), list.path...).([]any) }
		plain := len(rows())
		c.Order(w, fmt.Sprintf(`"operation":%q,"kind":"odd_row","times":7`, operation))
		var odd []any
		for range 7 {
			got := rows()
			if len(got) != plain+1 {
				w.Fatalf("%d rows, then %v", plain, got)
			}
			row := got[0]
			if slices.Contains([]string{"opencell/get", "valomnia/create", "valomnia/get", "caliq/create"}, c.Vendor+"/"+operation) {
				row = got[len(got)-1]
			}
			odd = append(odd, row)
		}
		isNumber := func(value any) bool { _, ok := value.(float64); return ok }
		first, second := odd[0].(map[string]any), odd[1].(map[string]any)
		if !isNumber(first[list.key]) || isNumber(second[list.id]) == isNumber(first[list.id]) {
			w.Errorf("types: %v, %v", first, second)
		}
		if odd[2] != nil || odd[3] != "odd row" || !reflect.DeepEqual(odd[6], odd[0]) {
			w.Errorf("odd rows: %v", odd)
		}
		if _, given := odd[4].(map[string]any)[list.id]; given {
			w.Errorf("with an id: %v", odd[4])
		}
		if value, given := odd[5].(map[string]any)[list.key]; !given || value != nil {
			w.Errorf("not null: %v", odd[5])
		}
		if again := rows(); len(again) != plain {
			w.Errorf("not spent: %v", again)
		}
	})
}
