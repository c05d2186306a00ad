package certify_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/internal/testkit"
	"github.com/enlist-dev/enlist/providers/certify"
	"github.com/enlist-dev/enlist/providers/registry"
	"github.com/enlist-dev/enlist/sandbox"
	"github.com/enlist-dev/enlist/sandbox/avvio"
	"github.com/enlist-dev/enlist/sandbox/caliq"
	"github.com/enlist-dev/enlist/sandbox/opencell"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
	"github.com/enlist-dev/enlist/sandbox/sellandsign"
)

// exchange is a request that a proxy passes on to the sandbox, and its response.
type exchange struct {
	*http.Request
	body   string
	status int
	header http.Header
	text   string
	// again sends a request to the sandbox, in place of this one.
	again func(path, body string) (status int, text string)
}

// proxy is a sandbox behind a proxy that changes its responses.
type proxy struct {
	URL string

	mu       sync.Mutex
	requests []string // method, path and body of each
}

// newProxy starts a sandbox behind a proxy. change may be nil. refuse may return a response in
// place of the sandbox's, which then does not get the request.
func newProxy(t *testing.T, change func(*exchange), refuse ...func(r *http.Request, body string) (status int, text string)) *proxy {
	t.Helper()
	return proxyOf(t, sandbox.New(), change, refuse...)
}

func proxyOf(
	t *testing.T, vendors http.Handler, change func(*exchange), refuse ...func(r *http.Request, body string) (status int, text string),
) *proxy {
	t.Helper()
	p := &proxy{}
	send := func(r *http.Request, path, body string) *httptest.ResponseRecorder {
		request := httptest.NewRequestWithContext(r.Context(), r.Method, path, strings.NewReader(body))
		request.Header, request.Host = r.Header, r.Host
		recorded := httptest.NewRecorder()
		vendors.ServeHTTP(recorded, request)
		return recorded
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		p.mu.Lock()
		p.requests = append(p.requests, r.Method+" "+r.RequestURI+" "+string(body))
		p.mu.Unlock()
		for _, refuses := range refuse {
			if status, text := refuses(r, string(body)); status != 0 {
				w.WriteHeader(status)
				_, _ = io.WriteString(w, text)
				return
			}
		}
		recorded := send(r, r.RequestURI, string(body))
		x := &exchange{Request: r, body: string(body), status: recorded.Code, header: recorded.Header(), text: recorded.Body.String()}
		x.again = func(path, body string) (int, string) {
			second := send(r, path, body)
			return second.Code, second.Body.String()
		}
		if change != nil && !strings.HasPrefix(r.URL.Path, "/sandbox") {
			change(x)
		}
		x.header.Del("Content-Length")
		for name, values := range x.header {
			w.Header()[name] = values
		}
		w.WriteHeader(x.status)
		_, _ = io.WriteString(w, x.text)
	}))
	t.Cleanup(server.Close)
	p.URL = server.URL
	return p
}

// settings returns the settings of a certification of the sandbox's vendor at a URL.
func settings(t *testing.T, url, provider string, create bool) certify.Settings {
	t.Helper()
	all := registry.Demo(url)
	at := slices.IndexFunc(all, func(config *configv1.Provider) bool { return config.GetName() == provider })
	config := all[at]
	config.Timeout, config.LookupLag = durationpb.New(30*time.Second), durationpb.New(100*time.Millisecond)
	return certify.Settings{Config: config, Create: create, WrongCredential: true, Wait: 600 * time.Millisecond}
}

func run(t *testing.T, settings certify.Settings) *certify.Report {
	t.Helper()
	report, err := certify.Run(t.Context(), settings)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func shown(t *testing.T, report *certify.Report) string {
	t.Helper()
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(report); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func vendorNames() []string { return []string{"opencell", "sellandsign", "valomnia", "caliq", "avvio"} }

// The sandbox passes as it is: no check fails, nothing differs, and each check runs that the vendor
// supports.
func TestSandboxPasses(t *testing.T) {
	p := newProxy(t, nil)
	for provider, ran := range map[string]int{"opencell": 16, "sellandsign": 15, "valomnia": 13, "caliq": 14, "avvio": 12} {
		report := run(t, settings(t, p.URL, provider, true))
		if report.Result != certify.Passed || len(report.Differences) > 0 || report.Count(certify.Passed) != ran {
			t.Errorf("%s: %d of %d checks passed\n%s", provider, report.Count(certify.Passed), ran, shown(t, report))
		}
		for _, made := range report.Customers {
			if made.State == "may exist" || made.Remove == "" || made.ID == "" {
				t.Errorf("%s: %+v", provider, made)
			}
		}
		showsNoSecret(t, report)
		records := sandboxtest.Records(t, p.URL, provider)
		if len(records) != len(report.Customers) {
			t.Errorf("%s: the report lists %d customers, the vendor has %d", provider, len(report.Customers), len(records))
		}
		for _, record := range records {
			if text, _ := json.Marshal(record.Record); !strings.Contains(string(text), report.Marker) && provider != "opencell" { // Opencell's are erased
				t.Errorf("%s: no marker in %s", provider, text)
			}
		}
	}
}

func btoi(is bool) int {
	if is {
		return 1
	}
	return 0
}

func showsNoSecret(t *testing.T, report *certify.Report) {
	t.Helper()
	demo := sandboxtest.DemoCredentials()
	for _, text := range []string{shown(t, report), report.Markdown()} {
		for _, secret := range []string{
			demo.Opencell.Password, demo.Opencell.ClientSecret, demo.SellAndSign.Token, demo.Valomnia.Password, demo.Caliq.APIKey, demo.Avvio.Password,
		} {
			if strings.Contains(text, secret) {
				t.Errorf("%s: a secret shows", report.Provider)
			}
		}
	}
}

// Without Create, nothing is created, and no request writes.
func TestReadOnly(t *testing.T) {
	p := newProxy(t, nil)
	for _, provider := range vendorNames() {
		if report := run(t, settings(t, p.URL, provider, false)); report.Result != certify.Passed || len(report.Customers) > 0 {
			t.Errorf("%s\n%s", provider, shown(t, report))
		}
	}
	for _, request := range p.requests {
		for _, writing := range []string{
			"CRMAccountHierarchy", "anonymizeGdpr", "/update?", "POST /api/v1.0/customers", "CustomerCreate", "createAccount", "PUT ", "DELETE ", "PATCH ",
		} {
			if strings.Contains(request, writing) && !strings.HasPrefix(request, "GET /sandbox") {
				t.Errorf("a request writes: %s", request)
			}
		}
	}
	for _, vendor := range sandbox.New().Vendors() {
		if held := sandboxtest.Records(t, p.URL, string(vendor)); len(held) > 0 {
			t.Errorf("%s has %v", vendor, held)
		}
	}
}

// Exactly one request has a wrong secret, and the flag leaves it out.
func TestWrongCredential(t *testing.T) {
	for _, provider := range vendorNames() {
		for _, wanted := range []bool{true, false} {
			p := newProxy(t, nil)
			own := settings(t, p.URL, provider, false)
			own.WrongCredential = wanted
			if token := own.Config.GetSellAndSign(); token != nil {
				token.TokenInQuery = true // where the proxy sees it
			}
			report := run(t, own)
			wrong := 0
			for _, request := range p.requests {
				wrong += btoi(strings.Contains(request, "enlist-certify-wrong-"))
			}
			if wrong != btoi(wanted) || report.Result != certify.Passed {
				t.Errorf("%s, %t: %d requests with a wrong secret\n%s", provider, wanted, wrong, shown(t, report))
			}
		}
	}
}

// An existing customer's values stay out of the report, also if a check fails.
func TestOthersStayPrivate(t *testing.T) {
	for name, change := range map[string]func(*exchange){
		"as it is":  nil,
		"for every": func(x *exchange) { answerWith(x, "/customer/read", 200, privateCustomer) },
		"as an odd": func(x *exchange) {
			answerWith(x, "/customer/read", 200, strings.Replace(privateCustomer, `"actorId":7`, `"actorId":"x"`, 1))
		},
	} {
		p := newProxy(t, change)
		own := settings(t, p.URL, "sellandsign", false)
		own.Customer = "AM-7"
		report := run(t, own)
		for _, text := range []string{shown(t, report), report.Markdown()} {
			if strings.Contains(text, "Ada") || strings.Contains(text, "Lovelace") || strings.Contains(text, "ada@") {
				t.Errorf("%s: another customer's data shows in %s", name, text)
			}
		}
	}
}

const privateCustomer = `{"number":"AM-7","actorId":7,"firstname":"Ada","lastname":"Lovelace","email":"ada@example.com"}`

func answerWith(x *exchange, path string, status int, text string) {
	if strings.HasSuffix(x.URL.Path, path) {
		x.status, x.text = status, text
	}
}

// A vendor that cannot be reached is an error of its own.
func TestUnreachable(t *testing.T) {
	report, err := certify.Run(t.Context(), settings(t, "http://"+testkit.FreeAddress(t), "caliq", true))
	var unreachable *certify.Unreachable
	if !errors.As(err, &unreachable) || report.Count(certify.Skipped) != len(report.Checks)-1 || len(report.Customers) > 0 {
		t.Errorf("%v\n%s", err, shown(t, report))
	}
}

// Installations that behave in another way that the vendor allows pass, and nothing differs.
func TestOtherInstallationsPass(t *testing.T) {
	for name, test := range map[string]struct {
		vendor string
		option sandbox.Option
		change func(*configv1.Provider)
	}{
		"an old version": {"opencell", sandbox.With(func(s *opencell.Settings) { s.Version, s.Before2021 = 10, true }), func(c *configv1.Provider) { c.GetOpencell().Version = 10 }},
		"bare lists, 404": {"sellandsign", sandbox.With(func(s *sellandsign.Settings) {
			s.BareLists, s.NotFoundStatus, s.NotFoundBody = true, 404, `{"error":"unknown"}`
		}), nil},
		"numbers by Caliq":   {"caliq", sandbox.With(func(s *caliq.Settings) { s.AutoNumbering = true }), func(c *configv1.Provider) { c.GetCaliq().AutoNumbering = true }},
		"unique at Caliq":    {"caliq", sandbox.With(func(s *caliq.Settings) { s.UniqueAccountNo, s.UniqueEmail = true, true }), nil},
		"a status with list": {"avvio", sandbox.With(func(s *avvio.Settings) { s.ListStatus = true }), nil},
	} {
		p := proxyOf(t, sandbox.New(test.option), nil)
		own := settings(t, p.URL, test.vendor, true)
		if test.change != nil {
			test.change(own.Config)
		}
		if report := run(t, own); report.Result != certify.Passed || len(report.Differences) > 0 {
			t.Errorf("%s\n%s", name, shown(t, report))
		}
	}
}

// Whatever a vendor does to a creation, certify creates no customer twice, and lists each customer
// that exists.
func TestDisturbedCreations(t *testing.T) {
	for _, provider := range vendorNames() {
		for _, kind := range []string{"drop_before", "drop_after", "truncated", "malformed", "error_but_created", "status_429", "repeated_by_proxy", "refused_with_500"} {
			server := httptest.NewServer(sandbox.New())
			sandboxtest.Order(t, server.URL, `{"vendor":"`+provider+`","operation":"create","kind":"`+kind+`","times":1}`)
			own := settings(t, server.URL, provider, true)
			own.WrongCredential = false
			report := run(t, own)
			if report.Result == certify.Passed && kind != "repeated_by_proxy" {
				t.Errorf("%s, %s: the report does not name it", provider, kind)
			}
			listed := map[string]bool{}
			for _, made := range report.Customers {
				listed[made.ID], listed[made.Email] = true, true
			}
			for _, record := range sandboxtest.Records(t, server.URL, provider) {
				id, _ := record.Record["accountID"].(float64)
				if record.Created != 1 || !listed[record.Key] && !listed[strconv.FormatFloat(id, 'f', 0, 64)] {
					t.Errorf("%s, %s: %s was created %d times, and listed is %v", provider, kind, record.Key, record.Created, listed)
				}
			}
			server.Close()
		}
	}
}

// Pages of an existing customer's contractors are compared with the whole list.
func TestPagesOfAnExistingCustomer(t *testing.T) {
	cut := false
	p := newProxy(t, func(x *exchange) {
		if list := (struct {
			Elements []any `json:"elements"`
		}{}); cut && strings.Contains(x.RequestURI, contractors) && json.Unmarshal([]byte(x.text), &list) == nil {
			list.Elements = list.Elements[:min(2, len(list.Elements))]
			text, _ := json.Marshal(list)
			x.text = string(text)
		}
	})
	own := settings(t, p.URL, "sellandsign", true)
	own.Customer = run(t, own).Customers[0].ID
	own.Create = false
	seeded, err := http.Post(p.URL+"/sandbox/contractors", "application/json", strings.NewReader(`{"number":"`+own.Customer+`","count":5}`))
	if err != nil || seeded.StatusCode != http.StatusOK {
		t.Fatal(seeded, err)
	}
	defer func() { _ = seeded.Body.Close() }()
	for _, cut = range []bool{false, true} {
		report := run(t, own)
		if (report.Result == certify.Failed) != cut || len(report.Differences) > 0 || strings.Contains(shown(t, report), "vendor cuts lists short") != cut {
			t.Errorf("cut %t\n%s", cut, shown(t, report))
		}
	}
}

// A mistake in the configuration is named by the vendor's words, and is no difference.
func TestMistakesInTheConfiguration(t *testing.T) {
	p := newProxy(t, nil)
	for provider, test := range map[string]struct {
		change func(*configv1.Provider)
		words  string
	}{
		"opencell": {func(c *configv1.Provider) { c.GetOpencell().GetDefaults().BillingCycle = "NO_SUCH" }, "BillingCycle with code NO_SUCH does not exist"},
		"caliq":    {func(c *configv1.Provider) { c.GetCaliq().ChannelId = 99 }, "The channel does not exist"},
		"avvio":    {func(c *configv1.Provider) { c.GetAvvio().SiteId = 4711 }, "no access to the property 4711"},
	} {
		own := settings(t, p.URL, provider, true)
		test.change(own.Config)
		report := run(t, own)
		if report.Result != certify.Failed || len(report.Differences) > 0 || len(report.Customers) > 0 || !strings.Contains(shown(t, report), test.words) {
			t.Errorf("%s\n%s", provider, shown(t, report))
		}
	}
}

// A record of another customer, in place of a test customer's, is never changed, and never shown.
func TestRecordsOfOthers(t *testing.T) {
	other := map[string]string{
		"opencell":    `{"actionStatus":{"status":"SUCCESS","message":""},"customer":{"code":"OTHER1","name":{"lastName":"Private"},"customerAccounts":{"customerAccount":[]}}}`,
		"sellandsign": `{"number":"OTHER1","actorId":7,"firstname":"Private","lastname":"Private","email":"private@example.org","creationDate":1}`,
	}
	for provider, record := range other {
		for name, change := range map[string]func(*exchange){
			"for an unknown id": func(x *exchange) {
				if strings.Contains(x.RequestURI, opencellRead) && x.status == http.StatusNotFound || x.text == "null" {
					x.status, x.text = http.StatusOK, record
				}
			},
			"for a creation":      on("update?", respond(http.StatusOK, record)),
			"for a test customer": on("/customer", respond(http.StatusOK, record)),
		} {
			p := newProxy(t, change)
			text := shown(t, run(t, settings(t, p.URL, provider, true)))
			if strings.Contains(text, "Private") || strings.Contains(text, "private@") {
				t.Errorf("%s, %s: the report shows it\n%s", provider, name, text)
			}
			if at := slices.IndexFunc(p.requests, func(request string) bool { return strings.Contains(request, "OTHER1") }); at >= 0 {
				t.Errorf("%s, %s: Enlist sends %s", provider, name, p.requests[at])
			}
		}
	}
	p := newProxy(t, on(`getAccounts`, text("last", func(string) string { return "Private" })))
	if text := shown(t, run(t, settings(t, p.URL, "avvio", true))); strings.Contains(text, "Private") {
		t.Errorf("the report shows it\n%s", text)
	}
}

// The id in a failed check is the customer's, and not that of what the record refers to.
func TestIDsOfFailedChecks(t *testing.T) {
	p := newProxy(t, on(valomniaRead, text("comment", cutTo(3))))
	report := run(t, settings(t, p.URL, "valomnia", true))
	if report.Count(certify.Failed) != 3 || slices.ContainsFunc(report.Differences, func(found *certify.Difference) bool { return found.Field == "customer.id" }) {
		t.Error(shown(t, report))
	}
}

// Requests that time out suggest a longer timeout.
func TestTimeouts(t *testing.T) {
	p := newProxy(t, nil)
	sandboxtest.Order(t, p.URL, `{"vendor":"valomnia","operation":"create","kind":"latency","delay_ms":1500,"times":1}`)
	own := settings(t, p.URL, "valomnia", true)
	own.Config.Timeout = durationpb.New(time.Second)
	if report := run(t, own); !strings.Contains(report.YAML, "timeout: ") {
		t.Error(shown(t, report))
	}
}

// A run that is stopped during the login does not blame the network.
func TestStoppedDuringTheLogin(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	p := newProxy(t, func(*exchange) {
		stop()
		time.Sleep(50 * time.Millisecond)
	})
	report, err := certify.Run(ctx, settings(t, p.URL, "caliq", true))
	if err != nil || report.Result != certify.Incomplete {
		t.Error(err, shown(t, report))
	}
}

// A vendor's words end no cell of a table, and are no Markdown and no escape sequence.
func TestMarkdownOfVendorsWords(t *testing.T) {
	report := &certify.Report{Checks: []*certify.Check{{
		Name: "login", Result: certify.Failed, Reasons: []string{"a\\| b|c `d` [e](f) *g* <h>\x1b[2J\u202e\nend"},
	}}}
	want := "| login | failed | a\\\\\\| b\\|c \\`d\\` \\[e](f) \\*g\\* &lt;h&gt;\uFFFD\\[2J\uFFFD end |\n"
	if text := report.Markdown(); !strings.Contains(text, want) {
		t.Errorf("%q is not in %q", want, text)
	}
}
