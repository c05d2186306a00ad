package certify_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"

	"github.com/enlist-dev/enlist/providers/certify"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

var verbose = flag.Bool("reports", false, "print what each report names")

// mutation is a way in which a vendor's installation may differ from the sandbox.
type mutation struct {
	vendor, name string
	change       func(*exchange)
	// refuse responds in place of the sandbox. fault is a fault to order of the sandbox.
	refuse func(r *http.Request, body string) (status int, text string)
	fault  string
	// failed are the checks that must fail, and no others. differs are the differences that the report
	// must have: kind and place.
	failed, differs []string
}

// Each way in which an installation differs from the sandbox is named by the report.
func TestMutations(t *testing.T) {
	all := mutations()
	if len(all) < 25 {
		t.Fatalf("only %d mutations", len(all))
	}
	for _, m := range all {
		t.Run(m.vendor+"/"+m.name, func(t *testing.T) {
			t.Parallel()
			p := newProxy(t, m.change, m.refuses)
			if m.fault != "" {
				sandboxtest.Order(t, p.URL, m.fault)
			}
			own := settings(t, p.URL, m.vendor, true)
			if slices.Contains(m.failed, "lookup-lag") {
				own.Wait = time.Minute
			}
			report := run(t, own)
			var failed, differs []string
			for _, check := range report.Checks {
				if check.Result == certify.Failed {
					failed = append(failed, check.Name)
					if len(check.Reasons) == 0 || len(check.Exchanges) == 0 && check.Name != "lookup-lag" {
						t.Errorf("%s has failed without a reason or an exchange", check.Name)
					}
				}
			}
			for _, found := range report.Differences {
				differs = append(differs, strings.TrimSpace(string(found.Kind)+" "+found.Where()))
			}
			if *verbose {
				t.Logf("failed %q, differs %q", failed, differs)
			}
			if !slices.Equal(failed, m.failed) {
				t.Errorf("failed: %q, want %q\n%s", failed, m.failed, shown(t, report))
			}
			for _, want := range m.differs {
				if !slices.Contains(differs, want) {
					t.Errorf("differs: %q, want %q", differs, want)
				}
			}
			if len(m.failed)+len(m.differs) == 0 {
				t.Error("the report need not name anything")
			}
			showsNoSecret(t, report)
		})
	}
}

func (m *mutation) refuses(r *http.Request, body string) (status int, text string) {
	if m.refuse == nil {
		return 0, ""
	}
	return m.refuse(r, body)
}

// refusing responds to requests in place of the sandbox if a pattern matches their URL and body.
func refusing(pattern string, status int, refusal string) func(*http.Request, string) (int, string) {
	matches := regexp.MustCompile(pattern)
	return func(r *http.Request, body string) (int, string) {
		if matches.MatchString(r.Method + " " + r.RequestURI + " " + body) {
			return status, refusal
		}
		return 0, ""
	}
}

// on changes the responses to requests whose path or body has a part.
func on(part string, change func(*exchange)) func(*exchange) {
	return func(x *exchange) {
		if strings.Contains(x.RequestURI, part) || strings.Contains(x.body, `"operation":"`+part+`"`) {
			change(x)
		}
	}
}

// with changes successful responses in JSON, by members at any depth.
func with(member string, change func(object map[string]any, value any)) func(*exchange) {
	return func(x *exchange) {
		var value any
		decoder := json.NewDecoder(strings.NewReader(x.text))
		decoder.UseNumber()
		if x.status >= 300 || decoder.Decode(&value) != nil {
			return
		}
		visit(value, member, change)
		text, _ := json.Marshal(value)
		x.text = string(text)
	}
}

func visit(value any, member string, change func(map[string]any, any)) {
	switch value := value.(type) {
	case map[string]any:
		for _, inner := range value {
			visit(inner, member, change)
		}
		if inner, there := value[member]; there {
			change(value, inner)
		}
	case []any:
		for _, inner := range value {
			visit(inner, member, change)
		}
	}
}

func renamed(member, to string) func(*exchange) {
	return with(member, func(object map[string]any, value any) {
		delete(object, member)
		object[to] = value
	})
}

func removed(member string) func(*exchange) {
	return with(member, func(object map[string]any, _ any) { delete(object, member) })
}

func replaced(member string, change func(any) any) func(*exchange) {
	return with(member, func(object map[string]any, value any) { object[member] = change(value) })
}

// text changes a member that is a text.
func text(member string, change func(string) string) func(*exchange) {
	return replaced(member, func(value any) any {
		if text, is := value.(string); is {
			return change(text)
		}
		return value
	})
}

func asText(value any) any   { return fmt.Sprint(value) }
func asList(value any) any   { return []any{value} }
func asObject(value any) any { return map[string]any{"value": value} }

func asNumber(value any) any {
	digits := strings.TrimLeft(regexp.MustCompile(`\D`).ReplaceAllString(fmt.Sprint(value), ""), "0")
	return json.Number("1" + digits[:min(len(digits), 9)])
}

func cutTo(most int) func(string) string {
	return func(text string) string {
		characters := []rune(text)
		return string(characters[:min(most, len(characters))])
	}
}

func unaccented(text string) string {
	return norm.NFC.String(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(text)))
}

func respond(status int, text string) func(*exchange) {
	return func(x *exchange) { x.status, x.text = status, text }
}

const page = `<html><head><title>Maintenance</title></head><body>Back soon</body></html>`

// hidden hides each new customer from the next requests. Three reads last at least 350 ms.
func hidden(requests int, isCreation func(*exchange) bool, hide func(*exchange)) func(*exchange) {
	var mu sync.Mutex
	left := 0
	return func(x *exchange) {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case isCreation(x):
			left = requests
		case left > 0:
			left--
			hide(x)
		}
	}
}

const (
	opencellCreate = "/createCRMAccountHierarchy"
	opencellRead   = "/account/customer?"
	sellCreate     = "/customer/update"
	sellRead       = "/customer/read"
	contractors    = "/contractor/read"
	valomnia       = "/api/v1.0/customers"
	valomniaRead   = "/api/v1.0/customers/"
)

func valomniaCreate(change func(*exchange)) func(*exchange) {
	return func(x *exchange) {
		if x.Method == http.MethodPost && x.URL.Path == valomnia {
			change(x)
		}
	}
}

// mutations returns every mutation.
func mutations() []mutation {
	return slices.Concat(opencellMutations(), sellAndSignMutations(), valomniaMutations(), caliqMutations(), avvioMutations())
}

func opencellMutations() []mutation {
	return []mutation{
		{
			vendor: "opencell", name: "a renamed member", change: on(opencellRead, renamed("vatNo", "vatNumber")),
			failed:  []string{"read-full", "longest", "special-characters", "update"},
			differs: []string{"not_returned customer.organization.vat_number", "unknown_member customer.vatNumber"},
		},
		{
			vendor: "opencell", name: "an unknown member", change: on(opencellRead, with("jobTitle", func(object map[string]any, _ any) { object["jobCode"] = "X" })),
			failed: nil, differs: []string{"unknown_member customer.jobCode"},
		},
		{
			vendor: "opencell", name: "capitals in a name", change: on(opencellRead, text("lastName", strings.ToUpper)),
			failed: []string{"read-minimal", "read-full", "longest", "special-characters", "update"}, differs: []string{"other_form customer.name.family_name"},
		},
		{
			vendor: "opencell", name: "codes in capitals", fault: `{"vendor":"opencell","operation":"create","kind":"normalised_key","form":"upper","times":40}`,
			failed: nil, differs: []string{"normalised_key customer.id"},
		},
		{
			vendor: "opencell", name: "not found at 200", change: on(opencellRead, func(x *exchange) {
				if x.status == 404 {
					x.status, x.text = 200, `{"actionStatus":{"status":"SUCCESS","message":""}}`
				}
			}), failed: []string{"login", "unknown-customer"}, differs: nil,
		},
		{
			vendor: "opencell", name: "another status for not found", change: on(opencellRead, func(x *exchange) {
				if x.status == 404 {
					x.status = 500
				}
			}), failed: []string{"login", "unknown-customer"}, differs: nil,
		},
		{
			vendor: "opencell", name: "400 for not found", change: on(opencellRead, func(x *exchange) {
				if x.status == 404 {
					x.status = 400
				}
			}), failed: nil, differs: []string{"other_status not_found"},
		},
		{
			vendor: "opencell", name: "another status for a duplicate", change: on(opencellCreate, func(x *exchange) {
				if x.status == 409 {
					x.status = 500
				}
			}), failed: nil, differs: []string{"other_status exists"},
		},
		{
			vendor: "opencell", name: "a duplicate is merged", change: on(opencellCreate, func(x *exchange) {
				if x.status == 409 {
					x.status, x.text = x.again(strings.Replace(x.RequestURI, "createCRM", "createOrUpdateCRM", 1), x.body)
				}
			}), failed: []string{"duplicate"}, differs: []string{"merged customer.name.family_name"},
		},
		{
			vendor: "opencell", name: "an unknown code is accepted", change: on(opencellCreate, func(x *exchange) {
				if strings.Contains(x.body, `"currency":"XTS"`) {
					x.status, x.text = x.again(x.RequestURI, strings.Replace(x.body, "XTS", "EUR", 1))
				}
			}), failed: []string{"unknown-code"}, differs: []string{"behaviour customer.currency_code"},
		},
		{
			vendor: "opencell", name: "a status is no text", change: on(opencellCreate, func(x *exchange) {
				x.text = strings.Replace(x.text, `"SUCCESS"`, `true`, 1)
			}), failed: []string{"create-minimal", "create-full", "longest", "special-characters"}, differs: nil,
		},
		{
			vendor: "opencell", name: "a wrong secret is accepted", change: on("/auth/", func(x *exchange) {
				if strings.Contains(x.body, "enlist-certify-wrong-") {
					form, _ := url.ParseQuery(x.body)
					form.Set("password", "demo-opencell-password")
					x.status, x.text = x.again(x.RequestURI, form.Encode())
				}
			}), failed: []string{"wrong-credential"}, differs: nil,
		},
		{
			vendor: "opencell", name: "a wrong secret gets 500", change: on("/auth/", func(x *exchange) {
				if x.status == 401 {
					x.status, x.text = 500, page
				}
			}), failed: []string{"wrong-credential"}, differs: nil,
		},
		{
			vendor: "opencell", name: "another character set", change: on(opencellRead, func(x *exchange) {
				if latin, err := charmap.ISO8859_1.NewEncoder().String(strings.Map(func(r rune) rune {
					if r > 0xff {
						return -1
					}
					return r
				}, x.text)); err == nil {
					x.text = latin
				}
			}), failed: []string{"special-characters", "erase"}, differs: []string{"behaviour get"},
		},
		{
			vendor: "opencell", name: "an erasure that keeps the name", refuse: refusing("/anonymizeGdpr", 200, `{"status":"SUCCESS","message":""}`),
			failed: []string{"erase"}, differs: nil,
		},
		{
			vendor: "opencell", name: "an empty export", change: on("/exportCustomerHierarchy", func(x *exchange) { x.text = "" }), failed: []string{"export"}, differs: nil,
		},
		{
			vendor: "opencell", name: "an option comes back changed", change: on(opencellRead, text("externalRef2", cutTo(5))),
			failed: []string{"read-full", "update"}, differs: []string{"other_form opencell.external_ref2, externalRef2"},
		},
		{
			vendor: "opencell", name: "another currency", change: on(opencellRead, replaced("currency", func(any) any { return "USD" })),
			failed: []string{"read-full", "update"}, differs: []string{"other_form customer.currency_code"},
		},
		{
			vendor: "opencell", name: "a duplicate fails with 500", change: on(opencellCreate, func(x *exchange) {
				if x.status == 409 {
					x.status, x.text = 500, page
				}
			}), failed: []string{"duplicate"}, differs: nil,
		},
		{
			vendor: "opencell", name: "a refused duplicate changes the country", change: on(opencellCreate, func(x *exchange) {
				if x.status == 409 {
					_, _ = x.again(strings.Replace(x.RequestURI, "createCRM", "createOrUpdateCRM", 1), strings.NewReplacer(`"FR"`, `"DE"`, "Changed ", "").Replace(x.body))
				}
			}), failed: []string{"duplicate"}, differs: []string{"merged customer.billing_address.country_code"},
		},
		{
			vendor: "opencell", name: "a wrong secret locks the user", change: func() func(*exchange) {
				var locked atomic.Bool
				return on("/auth/", func(x *exchange) {
					if strings.Contains(x.body, "enlist-certify-wrong-") {
						locked.Store(true)
					} else if locked.Load() {
						x.status, x.text = 503, page
					}
				})
			}(), failed: []string{"wrong-credential"}, differs: nil,
		},
		{
			vendor: "opencell", name: "an update forgets the rest", change: on("/createOrUpdateCRM", func(x *exchange) {
				_, _ = x.again(x.RequestURI, regexp.MustCompile(`"crmAccountType"`).ReplaceAllString(x.body, `"jobTitle":"","crmAccountType"`))
			}), failed: []string{"update"}, differs: []string{"not_returned customer.job_title"},
		},
	}
}

func sellAndSignMutations() []mutation {
	return []mutation{
		{
			vendor: "sellandsign", name: "a missing member", change: on("/customer/", removed("actorId")),
			failed: []string{"create-minimal"}, differs: nil,
		},
		{
			vendor: "sellandsign", name: "a time is missing", change: on("/customer/", removed("creationDate")),
			failed: nil, differs: []string{"missing_member creationDate", "not_returned customer.create_time"},
		},
		{
			vendor: "sellandsign", name: "a number as text", change: on(sellRead, replaced("actorId", asText)), failed: nil, differs: []string{"other_type actorId"},
		},
		{
			vendor: "sellandsign", name: "a text as number", change: on("/customer/", replaced("postalCode", asNumber)),
			failed:  []string{"create-minimal", "read-minimal", "create-full", "read-full", "longest", "special-characters", "update"},
			differs: []string{"other_type postalCode", "other_form customer.billing_address.postal_code"},
		},
		{
			vendor: "sellandsign", name: "a text as object", change: on(sellRead, replaced("city", asObject)),
			failed: []string{"read-minimal", "read-full", "longest", "special-characters", "update"}, differs: []string{"other_type city", "not_returned customer.billing_address.city"},
		},
		{
			vendor: "sellandsign", name: "times in seconds", change: on("/customer/", replaced("creationDate", func(value any) any {
				number, _ := value.(json.Number).Int64()
				return json.Number(strconv.FormatInt(number/1000, 10))
			})), failed: nil, differs: []string{"other_form customer.create_time"},
		},
		{
			vendor: "sellandsign", name: "another date format", change: on("/customer/", replaced("birthdate", func(value any) any {
				number, _ := value.(json.Number).Int64()
				return time.UnixMilli(number).UTC().Format("02/01/2006")
			})), failed: []string{"create-full", "read-full", "update"}, differs: []string{"not_returned customer.birth_date", "warning customer.birth_date, birthdate"},
		},
		{
			vendor: "sellandsign", name: "an empty body", change: on(sellCreate, respond(200, "")), failed: []string{"create-minimal", "create-full", "longest", "special-characters", "update"}, differs: nil,
		},
		{
			vendor: "sellandsign", name: "the vendor swaps the lines", change: on(sellRead, func(x *exchange) {
				x.text = strings.NewReplacer(`"address1"`, `"address2"`, `"address2"`, `"address1"`).Replace(x.text)
			}), failed: []string{"read-minimal", "read-full", "longest", "update"}, differs: []string{"not_returned customer.billing_address.lines[0]"},
		},
		{
			vendor: "sellandsign", name: "trimmed keys", fault: `{"vendor":"sellandsign","operation":"create","kind":"normalised_key","form":"trimmed","times":40}`, failed: nil, differs: []string{"normalised_key customer.id"},
		},
		{
			vendor: "sellandsign", name: "the size of a page is ignored", change: on(contractors, func(x *exchange) {
				if strings.Contains(x.text, `"id"`) {
					twice(x, 3)
				}
			}), failed: []string{"paging"}, differs: nil,
		},
		{
			vendor: "sellandsign", name: "page 2 repeats page 1", change: on(contractors, func(x *exchange) {
				if x.URL.Query().Get("offset") != "0" {
					x.status, x.text = x.again(strings.Replace(x.RequestURI, "offset="+x.URL.Query().Get("offset"), "offset=0", 1), "")
				}
			}), failed: []string{"paging"}, differs: nil,
		},
		{
			vendor: "sellandsign", name: "an unknown number is empty, not null", change: on(sellRead, func(x *exchange) {
				if x.text == "null" {
					x.text = "{}"
				}
			}), failed: []string{"login", "unknown-customer", "create-minimal", "list", "create-full"}, differs: nil,
		},
		{
			vendor: "sellandsign", name: "contractors in another form", change: on(contractors, renamed("id", "contractorId")),
			failed: nil, differs: []string{"missing_member id", "unknown_member contractorId"},
		},
	}
}

// twice repeats the elements of a list.
func twice(x *exchange, times int) {
	var list struct {
		Elements []map[string]any `json:"elements"`
	}
	_ = json.Unmarshal([]byte(x.text), &list)
	for i := range times * len(list.Elements) {
		list.Elements = append(list.Elements, map[string]any{"id": 7000 + i})
	}
	text, _ := json.Marshal(list)
	x.text = string(text)
}

func valomniaMutations() []mutation {
	return []mutation{
		{
			vendor: "valomnia", name: "a value is cut silently", change: on(valomnia, text("name", cutTo(60))),
			failed: []string{"longest"}, differs: []string{"other_form customer.display_name"},
		},
		{
			vendor: "valomnia", name: "a shorter limit", refuse: refusing(`^POST /api.*website=[^&]{120}`, 400, `{"error":"save_failed","error_description":"Failed to save instance."}`),
			failed: nil, differs: []string{"limit customer.website"},
		},
		{
			vendor: "valomnia", name: "ids are cut", fault: `{"vendor":"valomnia","operation":"create","kind":"normalised_key","form":"cut","times":40}`,
			failed: []string{"longest"}, differs: []string{"normalised_key customer.id"},
		},
		{
			vendor: "valomnia", name: "a lag", change: hidden(3, func(x *exchange) bool { return x.status == 201 }, on(valomniaRead,
				respond(404, `{"error":"not_found","error_description":"The customer doesn't exist."}`))), failed: []string{"lookup-lag"}, differs: nil,
		},
		{
			vendor: "valomnia", name: "never visible", change: on(valomniaRead, respond(404, `{"error":"not_found","error_description":"The customer doesn't exist."}`)),
			failed: []string{"read-minimal", "read-full", "longest", "special-characters", "duplicate"}, differs: nil,
		},
		{
			vendor: "valomnia", name: "a renamed id", change: valomniaCreate(renamed("id", "customerId")),
			failed:  []string{"create-minimal", "create-full", "longest", "special-characters"},
			differs: []string{"missing_member id", "unknown_member customerId"},
		},
		{
			vendor: "valomnia", name: "the pace is limited", fault: `{"vendor":"valomnia","operation":"create","kind":"status_429","times":1}`,
			failed: []string{"create-minimal"}, differs: nil,
		},
		{
			vendor: "valomnia", name: "HTML for a creation", change: valomniaCreate(respond(200, page)),
			failed: []string{"create-minimal", "create-full", "longest", "special-characters", "duplicate", "unknown-code"}, differs: nil,
		},
		{
			vendor: "valomnia", name: "200 for a creation", change: valomniaCreate(func(x *exchange) {
				if x.status == 201 {
					x.status = 200
				}
			}), failed: []string{"create-minimal", "create-full", "longest", "special-characters"}, differs: nil,
		},
		{
			vendor: "valomnia", name: "accents are dropped", change: on(valomnia, func(x *exchange) {
				with("id", func(object map[string]any, _ any) {
					for name, value := range object {
						if text, is := value.(string); is && name != "reference" {
							object[name] = unaccented(text)
						}
					}
				})(x)
			}), failed: []string{"special-characters"}, differs: []string{"other_form customer.display_name"},
		},
		{
			vendor: "valomnia", name: "a duplicate is accepted", change: valomniaCreate(func(x *exchange) {
				if strings.Contains(x.text, "not_unique") {
					form, _ := url.ParseQuery(x.body)
					_, second := x.again(x.RequestURI, strings.Replace(x.body, "reference="+url.QueryEscape(form.Get("reference")), "reference=x"+url.QueryEscape(form.Get("reference")), 1))
					x.status, x.text = 201, strings.ReplaceAll(second, `"x`+form.Get("reference"), `"`+form.Get("reference"))
				}
			}), failed: []string{"duplicate"}, differs: nil,
		},
		{
			vendor: "valomnia", name: "another code for a duplicate", change: valomniaCreate(func(x *exchange) {
				x.text = strings.Replace(x.text, "not_unique", "already_used", 1)
			}), failed: []string{"duplicate"}, differs: nil,
		},
		{
			vendor: "valomnia", name: "another date format", change: on(valomnia, text("dateCreated", func(string) string { return "17/12/2025 23:00" })),
			failed: nil, differs: []string{"warning customer.create_time, dateCreated", "not_returned customer.create_time"},
		},
		{
			vendor: "valomnia", name: "a list as an object", change: on(valomniaRead, replaced("customerCategory", asList)), failed: nil, differs: []string{"other_type customerCategory"},
		},
		{
			vendor: "valomnia", name: "a number with another sign", change: on(valomnia, replaced("billingLng", func(value any) any {
				if value == nil {
					return nil
				}
				return json.Number("-" + fmt.Sprint(value))
			})), failed: []string{"create-full", "read-full"}, differs: []string{"other_form customer.billing_address.longitude"},
		},
	}
}

func caliqMutations() []mutation {
	isCreation := func(x *exchange) bool { return strings.Contains(x.RequestURI, "CustomerCreate") }
	return []mutation{
		{
			vendor: "caliq", name: "an error in a 200", change: on("CustomerCreate", respond(200, `{"Message":"Internal failure"}`)), failed: []string{"create-minimal", "create-full", "longest", "special-characters", "unknown-code"}, differs: nil,
		},
		{
			vendor: "caliq", name: "another name in the list", change: on("CustomerChange", renamed("AccountNo", "AccountNumber")),
			failed:  []string{"read-minimal", "read-full", "longest", "special-characters", "duplicate"},
			differs: []string{"unknown_member CustomerChangeList[0].AccountNumber", "missing_member CustomerChangeList[].AccountNo"},
		},
		{
			vendor: "caliq", name: "another number in the list", change: on("CustomerChange", replaced("ID", func(value any) any { return json.Number("7" + fmt.Sprint(value)) })),
			failed: []string{"read-minimal", "read-full", "longest", "special-characters"}, differs: nil,
		},
		{
			vendor: "caliq", name: "ids are texts", change: on("CustomerChange", replaced("ID", asText)), failed: nil, differs: []string{"other_type CustomerChangeList[0].ID"},
		},
		{
			vendor: "caliq", name: "a member more in the list", change: on("CustomerChange", with("AccountNo", func(object map[string]any, _ any) { object["Deleted"] = false })),
			failed: nil, differs: []string{"unknown_member CustomerChangeList[0].Deleted"},
		},
		{
			vendor: "caliq", name: "numbers in capitals", change: on("Customer", text("AccountNo", strings.ToUpper)), failed: nil, differs: []string{"normalised_key customer.id"},
		},
		{
			vendor: "caliq", name: "composed accents in numbers",
			fault:  `{"vendor":"caliq","operation":"create","kind":"normalised_key","form":"nfc","times":40}`,
			failed: nil, differs: []string{"normalised_key customer.id"},
		},
		{
			vendor: "caliq", name: "refused, and created", change: func(x *exchange) {
				if isCreation(x) && strings.Contains(x.body, `"CustomerCategory":"ZZQ9"`) {
					_, _ = x.again(x.RequestURI, strings.Replace(x.body, `"ZZQ9"`, `"RET"`, 1))
				}
			}, failed: []string{"unknown-code"}, differs: nil,
		},
		{
			vendor: "caliq", name: "a wrong key gets 200", change: func(x *exchange) {
				if x.status == 401 {
					x.status = 200
				}
			}, failed: []string{"wrong-credential"}, differs: nil,
		},
		{
			vendor: "caliq", name: "a shorter limit", refuse: refusing(`CustomerCreate .*"CompanyName":"[^"]{31}`, 200, `{"CustomerCreateData":{"OK":false,"AccountID":0,"AccountNo":null,`+
				`"AddressID":0,"ContactID":0,"CustomerCreateIssues":[{"ID":30,"Message":"A value is too long","ExtraData":""}]}}`),
			failed: []string{"longest"}, differs: []string{"limit customer.organization.name"},
		},
		{
			vendor: "caliq", name: "a warning with each success", change: on("CustomerCreate", func(x *exchange) {
				x.text = strings.Replace(x.text, `"CustomerCreateIssues":[]`, `"CustomerCreateIssues":[{"ID":40,"Message":"Credit check pending","ExtraData":""}]`, 1)
			}), failed: nil, differs: []string{"warning 40"},
		},
		{
			vendor: "caliq", name: "the list is cut short", change: on("CustomerChange", func(x *exchange) { x.text = cutTo(25)(x.text) }),
			failed: []string{"read-minimal", "create-full", "longest", "special-characters", "duplicate", "unknown-code"}, differs: nil,
		},
	}
}

func avvioMutations() []mutation {
	return []mutation{
		{
			vendor: "avvio", name: "a renamed member", change: on("getAccounts", renamed("email", "mail")),
			failed:  []string{"read-full", "longest", "special-characters"},
			differs: []string{"not_returned customer.email", "unknown_member mail", "missing_member email"},
		},
		{
			vendor: "avvio", name: "a missing member", change: on("getAccounts", removed("zip")),
			failed: []string{"read-full", "longest", "special-characters"}, differs: []string{"not_returned customer.billing_address.postal_code"},
		},
		{
			vendor: "avvio", name: "ids are texts", change: on("createAccount", replaced("accountID", asText)), failed: nil, differs: []string{"other_type accountID"},
		},
		{
			vendor: "avvio", name: "HTML escapes", change: on("getAccounts", text("last", func(text string) string {
				return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;").Replace(text)
			})), failed: []string{"special-characters"}, differs: []string{"other_form customer.name.family_name"},
		},
		{
			vendor: "avvio", name: "another character set", change: on("getAccounts", text("town", func(text string) string {
				return strings.Map(func(r rune) rune {
					if r > 0xff {
						return '?'
					}
					return r
				}, text)
			})), failed: []string{"special-characters"}, differs: []string{"other_form customer.billing_address.city"},
		},
		{
			vendor: "avvio", name: "a lag", change: hidden(6, func(x *exchange) bool { return strings.Contains(x.body, `"createAccount"`) },
				on("getAccounts", replaced("accountList", func(any) any { return []any{} }))), failed: []string{"lookup-lag"}, differs: nil,
		},
		{
			vendor: "avvio", name: "a failure in a 200", refuse: refusing("createAccount", 200, `{"status":"error","message":"nameTitle is not known"}`),
			failed: []string{"create-minimal", "create-full"}, differs: nil,
		},
		{
			vendor: "avvio", name: "the second gets the first id", change: on("createAccount", replaced("accountID", func(any) any { return json.Number("8796093023822") })),
			failed: []string{"read-full", "longest", "special-characters", "duplicate"}, differs: []string{"merged customer.id"},
		},
		{
			vendor: "avvio", name: "another date format", change: on("getAccounts", text("dtCreated", func(string) string { return "28.11.2026, 23:00" })),
			failed: nil, differs: []string{"not_returned customer.create_time", "warning customer.create_time, dtCreated"},
		},
		{
			vendor: "avvio", name: "a property of null", change: on("getAccounts", replaced("siteList", func(list any) any { return append([]any{nil}, list.([]any)...) })),
			failed: []string{"unknown-customer"}, differs: nil,
		},
		{
			vendor: "avvio", name: "no list", change: on("getAccounts", respond(200, `{"status":"ok"}`)), failed: []string{"unknown-customer", "read-minimal", "read-full", "longest", "special-characters"}, differs: nil,
		},
	}
}
