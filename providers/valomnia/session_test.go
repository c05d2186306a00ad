package valomnia_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/providertest"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

const done = `{"id":7,"reference":"K-1","name":"Jane"}`

// Any response that says that there is no session leads to one login and one repeat, and then to
// the error of rejected credentials.
func TestSessionExpired(t *testing.T) {
	for name, expired := range map[string]http.HandlerFunc{
		"401":                        text(401, ``),
		"401 in words":               text(401, `{"error":"no_credentials","error_description":"x"}`),
		"400 in words":               text(400, `{"error":"no_credentials"}`),
		"200 in words":               text(200, `{"error":"no_credentials"}`),
		"redirect to the login page": text(302, ``, "Location", "/login/auth"),
		"with its parameters":        text(302, ``, "Location", "/login;jsessionid=1?x=1"),
		"redirect with a host":       text(303, ``, "Location", "http://127.0.0.1:1/login/auth"),
	} {
		t.Run(name, func(t *testing.T) {
			vendor := newVendor(t, expired, text(201, done))
			if _, err := providertest.Create(t.Context(), vendor.provider, settled(t, small)); err != nil {
				t.Fatal(err)
			}
			if len(vendor.calls) != 2 || vendor.calls[0] != vendor.calls[1] || vendor.logins != 2 || vendor.calls[0].cookie != "JSESSIONID=session-4711" {
				t.Errorf("%d logins, calls %v", vendor.logins, vendor.calls)
			}
			vendor = newVendor(t, expired)
			_, err := providertest.Create(t.Context(), vendor.provider, settled(t, small))
			providertest.Fails(t, err, enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED)
			if len(vendor.calls) != 2 {
				t.Errorf("%d calls, want 2", len(vendor.calls))
			}
		})
	}
}

// A proxy may say that there is no session after it has forwarded the creation. The repeat is then
// refused, and a look-up confirms that refusal.
func TestCreatedBeforeTheSessionExpired(t *testing.T) {
	for _, expired := range []http.HandlerFunc{text(401, ``), text(400, `{"error":"no_credentials"}`), text(302, ``, "Location", "/login/auth")} {
		record := `{"id":7,"reference":"K-1","name":"Jane","email":"j@example.com","dateCreated":"` + time.Now().Format(time.RFC3339) + `"}`
		vendor := newVendor(t, expired, text(400, `{"error":"not_unique","error_description":"reference already used"}`), text(200, record))
		creation, err := vendor.provider.Prepare(settled(t, `{"customer":{"id":"K-1","displayName":"Jane","email":"j@example.com"}}`))
		if err != nil {
			t.Fatal(err)
		}
		sent := providers.Sent{Since: time.Now()}
		_, err = creation.CreateCustomer(t.Context())
		if known := providertest.Fails(t, err, enlistv1.ErrorReason_CUSTOMER_EXISTS); known.Confirm != providers.ConfirmAfterLag || len(vendor.calls) != 2 {
			t.Errorf("confirm %d after %d calls", known.Confirm, len(vendor.calls))
		}
		if found, err := creation.FindCustomer(t.Context(), sent); err != nil || len(found) != 1 || found[0].Match != providers.MatchOurs {
			t.Errorf("found %+v, %v", found, err)
		}
	}
}

// A redirect to any address except a page below /login of the same host may come after the
// creation, so the outcome is unknown.
func TestRedirectsElsewhere(t *testing.T) {
	for _, location := range []string{"/", "/logins", "/customers/7", "https://login.example/login/auth", "//login.example/login/auth", "", "http://[::1"} {
		vendor := newVendor(t, text(302, ``, "Location", location))
		_, err := providertest.Create(t.Context(), vendor.provider, settled(t, small))
		providertest.Fails(t, err, enlistv1.ErrorReason_OUTCOME_UNKNOWN)
		if len(vendor.calls) != 1 {
			t.Errorf("%s: %d calls, want 1", location, len(vendor.calls))
		}
	}
}

// login is a server whose two login steps respond as the test says.
type login struct {
	form, asked http.HandlerFunc
	created     http.HandlerFunc
	mu          sync.Mutex
	seen        []string // method, path and cookie of each request
	bodies      string
}

func (l *login) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = r.ParseForm()
	l.seen = append(l.seen, strings.TrimSpace(r.Method+" "+r.URL.Path+" "+r.Header.Get("Cookie")))
	switch {
	case strings.HasSuffix(r.URL.Path, "/j_spring_security_check"):
		l.bodies += r.PostForm.Encode()
		l.form(w, r)
	case strings.HasSuffix(r.URL.Path, "/login/ajaxSuccess"):
		l.asked(w, r)
	default:
		l.created(w, r)
	}
}

func TestLogin(t *testing.T) {
	stranger := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("a stranger was asked for %s with %v", r.URL, r.Header)
	}))
	defer stranger.Close()
	// The other host also has a different name, because Enlist ignores ports.
	elsewhere := strings.Replace(stranger.URL, "127.0.0.1", "localhost", 1)
	redirect := func(location string, cookies ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			for _, cookie := range cookies {
				w.Header().Add("Set-Cookie", cookie)
			}
			w.Header().Set("Location", location)
			w.WriteHeader(http.StatusFound)
		}
	}
	const good, cookie = `{"success":true,"token":"t"}`, "JSESSIONID=s1; Path=/; HttpOnly"
	const credentials, invalid = enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED, enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID
	const unavailable = enlistv1.ErrorReason_VENDOR_UNAVAILABLE
	for name, test := range map[string]struct {
		form, asked http.HandlerFunc
		reason      enlistv1.ErrorReason // unspecified means that the creation is sent
		session     string
	}{
		"good":                      {redirect("/app/login/ajaxSuccess", cookie), text(200, good), 0, "s1"},
		"relative":                  {redirect("login/ajaxSuccess", cookie), text(200, good), 0, "s1"},
		"with the session in it":    {redirect("/app/login/ajaxSuccess;jsessionid=s1", cookie), text(200, good), 0, "s1"},
		"with a host and a port":    {redirect("http://127.0.0.1:8080/app/login/ajaxSuccess", cookie), text(200, good), 0, "s1"},
		"several cookies":           {redirect("/app/login/ajaxSuccess", "JSESSIONID=; Max-Age=0", "other=1", cookie), text(200, good), 0, "s1"},
		"a new session when asked":  {redirect("/app/login/ajaxSuccess", cookie), text(200, good, "Set-Cookie", "JSESSIONID=s2"), 0, "s2"},
		"other types":               {redirect("/app/login/ajaxSuccess", cookie), text(200, `{"success":true,"error":{"a":[]},"token":7,"user":1e999}`), 0, "s1"},
		"a byte-order mark":         {redirect("/app/login/ajaxSuccess", "JSESSIONID=s1\t"), text(200, "\xef\xbb\xbf"+good), 0, "s1"},
		"a space in the session":    {redirect("/app/login/ajaxSuccess", "JSESSIONID=s 1"), text(200, good), invalid, ""},
		"success of another type":   {redirect("/app/login/ajaxSuccess", cookie), text(200, `{"success":"yes"}`), invalid, ""},
		"refused, other types":      {redirect("/app/login/ajaxSuccess", cookie), text(200, `{"success":{},"error":"Sorry"}`), credentials, ""},
		"refused":                   {redirect("/app/login/authfail?login_error=1", cookie), text(200, good), credentials, ""},
		"to the front page":         {redirect("/app/", cookie), text(200, good), credentials, ""},
		"refused in words":          {text(200, `{"success":false,"error":"Sorry"}`), text(200, good), credentials, ""},
		"refused with 401":          {text(401, ``), text(200, good), credentials, ""},
		"refused when asked":        {redirect("/app/login/ajaxSuccess", cookie), text(200, `{"success":false,"error":"Sorry"}`), credentials, ""},
		"sent away when asked":      {redirect("/app/login/ajaxSuccess", cookie), redirect("/app/login/auth"), credentials, ""},
		"401 when asked":            {redirect("/app/login/ajaxSuccess", cookie), text(401, `{"error":"no_credentials"}`), credentials, ""},
		"another host":              {redirect(elsewhere+"/app/login/ajaxSuccess", cookie), text(200, good), invalid, ""},
		"another host, no scheme":   {redirect("//localhost/app/login/ajaxSuccess", cookie), text(200, good), invalid, ""},
		"another host when asked":   {redirect("/app/login/ajaxSuccess", cookie), redirect(elsewhere + "/app/login/auth"), invalid, ""},
		"no cookie":                 {redirect("/app/login/ajaxSuccess"), text(200, good), invalid, ""},
		"a page":                    {text(200, `<html>`), text(200, good), invalid, ""},
		"a page when asked":         {redirect("/app/login/ajaxSuccess", cookie), text(200, `<html>`), invalid, ""},
		"success with a bad status": {redirect("/app/login/ajaxSuccess", cookie), text(500, good), unavailable, ""},
		"server error":              {text(500, `{"error":"server_error"}`), text(200, good), unavailable, ""},
	} {
		t.Run(name, func(t *testing.T) {
			handler := &login{form: test.form, asked: test.asked, created: text(201, done)}
			server := httptest.NewServer(handler)
			defer server.Close()
			provider, err := connect(settings(server.URL+"/app"), 5*time.Second)
			if err != nil {
				t.Fatal(err)
			}
			_, err = providertest.Create(t.Context(), provider, settled(t, small))
			if handler.bodies != "ajax=true&j_password=demo-valomnia-password&j_username=demo%40valomnia.example" {
				t.Errorf("login form %s", handler.bodies)
			}
			if test.reason == 0 {
				if want := "POST /app/api/v1.0/customers JSESSIONID=" + test.session; err != nil || handler.seen[len(handler.seen)-1] != want {
					t.Errorf("%v, requests %v", err, handler.seen)
				}
				return
			}
			known := providertest.Fails(t, err, test.reason)
			if known.Stage != enlistv1.SendStage_SEND_STAGE_NOT_SENT || strings.Contains(strings.Join(handler.seen, " "), "/api/") {
				t.Errorf("stage %s, requests %v", known.Stage, handler.seen)
			}
			if secret := sandboxtest.DemoCredentials().Valomnia.Password; strings.Contains(known.Error()+known.Vendor.String(), secret) {
				t.Error("the password shows")
			}
		})
	}
}
