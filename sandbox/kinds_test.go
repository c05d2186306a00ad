package sandbox_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

// meanings lists the operations for which each kind has a meaning.
func meanings() map[string]map[string][]string {
	return map[string]map[string][]string{
		"opencell": {
			"normalised_key": {"create"}, "repeated_by_proxy": {"create"}, "refused_with_500": {"create", "get", "delete"},
			"odd_row": {"get"}, "other_types": {"login", "create", "get", "delete"}, "byte_order_mark": {"login", "create", "get", "delete"},
		},
		"sell_and_sign": {
			"normalised_key": {"create"}, "repeated_by_proxy": {"create"},
			"refused_with_500": {"create", "get", "list_contractors", "list_properties", "set_property"},
			"odd_row":          {"list_contractors", "list_properties"},
			"other_types":      {"create", "get", "list_contractors", "list_properties", "set_property"},
			"byte_order_mark":  {"create", "get", "list_contractors", "list_properties", "set_property"},
		},
		"valomnia": {
			"normalised_key": {"create"}, "repeated_by_proxy": {"create"}, "refused_with_500": {"create"}, "odd_row": {"create", "get"},
			"other_types": {"login", "create", "get"}, "byte_order_mark": {"login", "create", "get"},
		},
		"caliq": {
			"normalised_key": {"create"}, "repeated_by_proxy": {"create"}, "refused_with_500": {"create"}, "odd_row": {"create", "get", "messages"},
			"other_types": {"create", "get", "messages"}, "byte_order_mark": {"create", "get", "messages"},
		},
		"avvio": {
			"normalised_key": {"create"}, "repeated_by_proxy": {"create"}, "refused_with_500": {"create", "get", "access"},
			"odd_row": {"get", "access"}, "other_types": {"create", "get", "access"}, "byte_order_mark": {"create", "get", "access"},
		},
	}
}

func TestFaultsWithoutAMeaningAreRefused(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	index := w.Send("GET", "/sandbox", "").JSON(t)
	for vendor, kinds := range meanings() {
		for kind, want := range kinds {
			listed, _ := json.Marshal(sandboxtest.At(t, index, "vendors", vendor, "fault_operations", kind))
			if expected, _ := json.Marshal(want); string(listed) != string(expected) {
				t.Errorf("index of %s, %s: %s", vendor, kind, listed)
			}
			for operation := range sandboxtest.Operations(vendor) {
				r := w.Send("POST", "/sandbox/faults", fmt.Sprintf(`{"vendor":%q,"operation":%q,"kind":%q}`, vendor, operation, kind))
				if slices.Contains(want, operation) {
					if r.Status != 200 {
						t.Errorf("%s/%s/%s: %d %s", vendor, operation, kind, r.Status, r.Body)
					}
					continue
				}
				message, _ := r.JSON(t)["error"].(string)
				if r.Status != 400 || r.JSON(t)["field"] != "operation" || !strings.Contains(message, strings.Join(want, ", ")) {
					t.Errorf("%s/%s/%s: %d %s", vendor, operation, kind, r.Status, r.Body)
				}
			}
		}
	}
}

func TestFormsThatAreRefused(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	for order, field := range map[string]string{
		`{"vendor":"caliq","kind":"normalised_key","form":"shouted"}`: "form",
		`{"vendor":"caliq","kind":"normalised_key","form":7}`:         "form",
		`{"vendor":"caliq","kind":"odd_row","form":"upper"}`:          "form",
	} {
		if r := w.Send("POST", "/sandbox/faults", order); r.Status != 400 || r.JSON(t)["field"] != field {
			t.Errorf("%s: %d %s", order, r.Status, r.Body)
		}
	}
	for _, form := range strings.Fields("upper lower trimmed padded zeros_stripped nfc escaped cut unaccented") {
		w.Order(`{"vendor":"avvio","kind":"normalised_key","form":"` + form + `"}`)
	}
}

// eachOperation runs a test for each operation of each vendor for which the kind has a meaning.
func eachOperation(t *testing.T, kind string, test func(w *sandboxtest.World, c sandboxtest.Client, operation string, send func() sandboxtest.Reply)) {
	for _, c := range sandboxtest.Clients() {
		for _, operation := range meanings()[c.Vendor][kind] {
			t.Run(c.Vendor+"/"+operation, func(t *testing.T) {
				w := sandboxtest.NewWorld(t)
				session := c.Session(w)
				test(w, c, operation, func() sandboxtest.Reply {
					w.Prepare(c.Vendor, operation, session)
					if operation == "list_properties" {
						sandboxtest.Operations(c.Vendor)["set_property"](w, session)
					}
					return sandboxtest.Operations(c.Vendor)[operation](w, session)
				})
			})
		}
	}
}

func TestByteOrderMark(t *testing.T) {
	eachOperation(t, "byte_order_mark", func(w *sandboxtest.World, c sandboxtest.Client, operation string, send func() sandboxtest.Reply) {
		plain := send()
		c.Order(w, fmt.Sprintf(`"operation":%q,"kind":"byte_order_mark"`, operation))
		marked := send()
		rest, found := strings.CutPrefix(marked.Body, "\xEF\xBB\xBF")
		if !found || marked.Status != plain.Status || !json.Valid([]byte(rest)) {
			w.Errorf("%d %q", marked.Status, marked.Body)
		}
		if again := send(); strings.HasPrefix(again.Body, "\xEF") {
			w.Error("not spent")
		}
	})
}

func TestRefusedWith500(t *testing.T) {
	members := map[string]map[string]any{
		"opencell":      {"status": "FAIL", "errorCode": "BUSINESS_API_EXCEPTION"},
		"sell_and_sign": {"message": "The request cannot be carried out in this state"},
		"valomnia":      {"error": "save_failed"},
		"caliq":         {},
		"avvio":         {"status": "error"},
	}
	eachOperation(t, "refused_with_500", func(w *sandboxtest.World, c sandboxtest.Client, operation string, send func() sandboxtest.Reply) {
		c.Order(w, fmt.Sprintf(`"operation":%q,"kind":"refused_with_500"`, operation))
		r := send()
		body := r.JSON(w.T)
		if r.Status != 500 {
			w.Fatalf("%d %s", r.Status, r.Body)
		}
		for name, value := range members[c.Vendor] {
			if body[name] != value {
				w.Errorf("%s: %s", name, r.Body)
			}
		}
		if c.Vendor == "caliq" {
			data := body["CustomerCreateData"]
			if sandboxtest.At(w.T, data, "OK") != false || sandboxtest.At(w.T, data, "CustomerCreateIssues", 0, "ID") != 40.0 {
				w.Errorf("%s", r.Body)
			}
		}
		held := w.Held(c.Vendor)
		if want := map[bool]int{true: 0, false: 1}[operation == "create"]; len(held) != want || want == 1 && held[0].Updated != 0 {
			w.Errorf("something was done: %+v", held)
		}
		if next := send(); next.Status >= 300 {
			w.Errorf("not spent: %d %s", next.Status, next.Body)
		}
	})
}

func TestRepeatedByProxy(t *testing.T) {
	check := map[string]func(t *testing.T, r sandboxtest.Reply) bool{
		"opencell": func(t *testing.T, r sandboxtest.Reply) bool {
			return r.Status == 409 && r.JSON(t)["errorCode"] == "ENTITY_ALREADY_EXISTS_EXCEPTION"
		},
		"sell_and_sign": func(t *testing.T, r sandboxtest.Reply) bool {
			return r.Status == 200 && r.JSON(t)["syncTimer"].(float64) > r.JSON(t)["creationDate"].(float64)
		},
		"valomnia": func(t *testing.T, r sandboxtest.Reply) bool {
			return r.Status == 400 && r.JSON(t)["error"] == "not_unique"
		},
		"caliq": func(t *testing.T, r sandboxtest.Reply) bool {
			data := r.JSON(t)["CustomerCreateData"]
			return r.Status == 200 && sandboxtest.At(t, data, "OK") == false && sandboxtest.At(t, data, "CustomerCreateIssues", 0, "ID") == 29.0
		},
		"avvio": func(t *testing.T, r sandboxtest.Reply) bool {
			return r.Status == 200 && r.JSON(t)["status"] == "error" && strings.Contains(r.Body, "an account with this email already exists")
		},
	}
	eachOperation(t, "repeated_by_proxy", func(w *sandboxtest.World, c sandboxtest.Client, _ string, send func() sandboxtest.Reply) {
		c.Order(w, `"operation":"create","kind":"repeated_by_proxy"`)
		if r := send(); !check[c.Vendor](w.T, r) {
			w.Errorf("%d %s", r.Status, r.Body)
		}
		held := w.Held(c.Vendor)
		updates := map[bool]int{true: 1, false: 0}[c.Vendor == "sell_and_sign"]
		if len(held) != 1 || held[0].Created != 1 || held[0].Updated != updates {
			w.Errorf("held: %+v", held)
		}
	})
}

// A request that the vendor refuses is refused the second time as well.
func TestRepeatedByProxyAfterARefusal(t *testing.T) {
	for _, c := range sandboxtest.Clients() {
		w := sandboxtest.NewWorld(t)
		w.Order(`{"vendor":"` + c.Vendor + `","kind":"repeated_by_proxy"}`)
		path, contentType, body := c.Create(w)
		r := w.Send("POST", strings.Split(path, "&")[0], strings.NewReplacer(`"Surname"`, `"Other"`, `"nameLast"`, `"other"`).Replace(body), "Content-Type", contentType)
		if !c.Failed(t, r) && !strings.Contains(r.Body, `"OK":false`) || len(w.Held("")) != 0 {
			t.Errorf("%s: %d %s", c.Vendor, r.Status, r.Body)
		}
	}
}

func TestFaultsOfAnyOperationWaitForOneWithAMeaning(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	w.Order(`{"vendor":"opencell","kind":"odd_row"}`)
	token := w.OpencellToken()
	w.Opencell("POST", sandboxtest.OpencellCreate, w.Fixture("opencell/create_request.json"), token)
	customer := w.Opencell("GET", sandboxtest.OpencellAPI+"customer?customerCode=CLASSIC-C00", "", token).JSON(t)["customer"]
	if accounts := sandboxtest.At(t, customer, "customerAccounts", "customerAccount").([]any); len(accounts) != 2 {
		t.Errorf("accounts: %v", accounts)
	}
	sandboxtest.SameJSON(t, w.Send("GET", "/sandbox/faults", "").Body, `{"faults":[]}`)
}

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

// otherTypes says what to expect of a response: exactly lists the members that other_types leaves alone, and ids the ones that may change between
// number and text. expect pins some others, of the first use.
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
