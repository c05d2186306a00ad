package sandbox_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

// otherTypes says what to expect of a response. exactly lists members that the fault leaves alone,
// and ids those that may change between number and text. expect pins others, for the first use.
type otherTypes struct {
	exactly []string
	ids     []string
	expect  map[string]any // by dotted path
}

func otherTypesOf() map[string]otherTypes {
	opencell := []string{"status", "actionStatus.status"}
	return map[string]otherTypes{
		"opencell/login":  {[]string{}, nil, map[string]any{"expires_in": "300", "refresh_expires_in": "1800"}},
		"opencell/create": {opencell[:1], nil, map[string]any{"message": []any{""}}},
		"opencell/delete": {opencell[:1], nil, map[string]any{"message": []any{""}}},
		"opencell/get": {
			append(opencell[1:], "customer.code"), nil,
			map[string]any{"customer.contactInformation.email": []any{"qa@opencellsoft.com"}, "customer.isCompany": "true"},
		},
		"sell_and_sign/create":           {[]string{"number"}, []string{"actorId"}, map[string]any{"postalCode": 13100.0, "birthdate": "-1"}},
		"sell_and_sign/get":              {[]string{"number"}, []string{"actorId"}, map[string]any{"postalCode": 13100.0, "birthdate": "-1"}},
		"sell_and_sign/list_contractors": {[]string{"elements.0.customerNumber"}, []string{"elements.0.id"}, map[string]any{"elements.0.postalCode": 13100.0, "elements.0.isDefault": "true"}},
		"sell_and_sign/list_properties":  {[]string{"elements.0.key", "elements.0.customerNumber"}, nil, map[string]any{"elements.0.value": []any{"v"}}},
		"sell_and_sign/set_property":     {[]string{"key", "customerNumber"}, nil, map[string]any{"value": []any{"v"}}},
		"valomnia/login":                 {[]string{"success"}, nil, map[string]any{"user.id": "2"}},
		"valomnia/create":                {[]string{"reference"}, nil, map[string]any{"currency": map[string]any{"code": "USD"}, "isActive": "true"}},
		"valomnia/get":                   {[]string{"reference"}, nil, map[string]any{"currency": map[string]any{"code": "USD"}, "isActive": "true"}},
		"caliq/create":                   {[]string{"CustomerCreateData.OK", "CustomerCreateData.AccountNo"}, nil, map[string]any{"CustomerCreateData.AccountID": "1002"}},
		"caliq/get":                      {[]string{"CustomerChangeList.0.AccountNo"}, nil, map[string]any{"CustomerChangeList.0.ID": "1002"}},
		"caliq/messages":                 {nil, []string{"MessagesList.0.ID"}, map[string]any{"MessagesList.0.Description": []any{"A required value is missing"}}},
		"avvio/create":                   {[]string{"status"}, nil, map[string]any{"accountID": "8796093023823"}},
		"avvio/get":                      {[]string{"siteList.0.accountList.0.email"}, nil, map[string]any{"siteList.0.siteID": "1853", "siteList.0.accountList.0.accountID": "8796093023823"}},
		"avvio/access":                   {nil, []string{"siteList.0.siteID"}, map[string]any{"siteList.0.primaryName": []any{"Sandbox Hotel"}}},
	}
}

func dotted(t *testing.T, value any, path string) any {
	t.Helper()
	var steps []any
	for _, step := range strings.Split(path, ".") {
		if step == "0" {
			steps = append(steps, 0)
		} else {
			steps = append(steps, step)
		}
	}
	return sandboxtest.At(t, value, steps...)
}

func TestOtherTypes(t *testing.T) {
	eachOperation(t, "other_types", func(w *sandboxtest.World, c sandboxtest.Client, operation string, send func() sandboxtest.Reply) {
		want := otherTypesOf()[c.Vendor+"/"+operation]
		plain := send().JSON(w.T)
		c.Order(w, fmt.Sprintf(`"operation":%q,"kind":"other_types","times":4`, operation))
		for use := range 4 {
			r := send()
			got := r.JSON(w.T)
			for _, path := range want.exactly {
				if value := dotted(w.T, got, path); !reflect.DeepEqual(value, dotted(w.T, plain, path)) {
					w.Errorf("use %d: %s is %v", use, path, value)
				}
			}
			for _, path := range want.ids {
				id := dotted(w.T, got, path)
				if _, isText := id.(string); isText != (use%2 == 0) {
					w.Errorf("use %d: %s is %T %v", use, path, id, id)
				}
			}
			for path, value := range want.expect {
				if use == 0 && !reflect.DeepEqual(dotted(w.T, got, path), value) {
					w.Errorf("%s is %v in %s", path, dotted(w.T, got, path), r.Body)
				}
			}
		}
		if again := send().JSON(w.T); !reflect.DeepEqual(types(again), types(plain)) {
			w.Errorf("not spent: %v", again)
		}
	})
}

// types replaces each value by its JSON type.
func types(value any) any {
	switch v := value.(type) {
	case map[string]any:
		shape := map[string]any{}
		for name, inner := range v {
			shape[name] = types(inner)
		}
		return shape
	case []any:
		shape := []any{}
		for _, inner := range v {
			shape = append(shape, types(inner))
		}
		return shape
	}
	return fmt.Sprintf("%T", value)
}
