package sandbox_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

// meanings lists the operations for which each kind has a meaning.
func meanings() map[string]map[string][]string {
	return map[string]map[string][]string{
		"opencell": {
			"normalised_key": {"create"}, "repeated_by_proxy": {"create"}, "refused_with_500": {"create", "get", "delete", "export", "erase"},
			"odd_row": {"get"}, "other_types": {"login", "create", "get", "delete", "erase"},
			"byte_order_mark": {"login", "create", "get", "delete", "erase"},
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
		held := w.Records(c.Vendor)
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
		held := w.Records(c.Vendor)
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
		if !c.Failed(t, r) && !strings.Contains(r.Body, `"OK":false`) || len(w.Records("")) != 0 {
			t.Errorf("%s: %d %s", c.Vendor, r.Status, r.Body)
		}
	}
}

func TestFaultsOfAnyOperationWaitForOneWithAMeaning(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	w.Order(`{"vendor":"opencell","kind":"odd_row"}`)
	token := w.OpencellToken()
	w.Opencell("POST", sandboxtest.OpencellCreate, w.Fixture("opencell/create_request.json"), token)
	customer := w.Opencell("GET", sandboxtest.OpencellAPI+"customer?customerCode=CLASSIC-C00&includeCustomerAccounts=true", "", token).JSON(t)["customer"]
	if accounts := sandboxtest.At(t, customer, "customerAccounts", "customerAccount").([]any); len(accounts) != 2 {
		t.Errorf("accounts: %v", accounts)
	}
	sandboxtest.SameJSON(t, w.Send("GET", "/sandbox/faults", "").Body, `{"faults":[]}`)
}
