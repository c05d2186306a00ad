package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// firstAvvioAccount is the id of the page's sample: ids need 64 bits.
const firstAvvioAccount = 8796093023822

// avvio emulates Avvio's web service: one address, dispatched by the operation
// that the body names, credentials in the body. Its documents show no failure;
// here each is HTTP 200 with the status "error" and a message.
type avvio struct {
	*Sandbox
	lastID int64
}

func newAvvio(s *Sandbox) {
	a := &avvio{Sandbox: s, lastID: firstAvvioAccount - 1}
	v := &vendorAPI{
		vendor:     Avvio,
		operations: []string{"create", "get", "access"},
		endpoints:  []string{"POST /api/ws_api"},
		failure: func(*call) answer {
			return jsonAnswer(http.StatusInternalServerError, map[string]any{"status": "error", "message": "internal error"})
		},
		apology:   func(*call) answer { return avvioError("internal error") },
		throttled: func(*call) answer { return emptyAnswer(http.StatusTooManyRequests) },
	}
	s.vendors[Avvio] = v
	s.mux.HandleFunc("/api/ws_api", func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			emptyAnswer(http.StatusMethodNotAllowed).with("Allow", http.MethodPost).write(w)
			return
		}
		s.serveCall(w, r, v, a.dispatch)
	})
}

// dispatch reads the body and goes by its operation.
func (a *avvio) dispatch(c *call) endpoint {
	refuse := func(format string, values ...any) endpoint {
		return endpoint{serve: func(*call) answer { return avvioError(format, values...) }}
	}
	if c.mediaType() != "application/json" {
		return refuse("the content type must be application/json")
	}
	request, err := decodeObject(c.body)
	if err != nil {
		return refuse("the request is not a JSON object")
	}
	named := textAt(request, "operation")
	for _, o := range []struct {
		name, operation string
		serve           func(*call, map[string]any) answer
	}{
		{"createAccount", "create", a.createAccount},
		{"getAccounts", "get", a.getAccounts},
		{"getSiteAccess", "access", a.getSiteAccess},
	} {
		if o.name == named {
			return endpoint{o.operation, func(c *call) answer {
				want := a.credentials.Avvio
				if c.refused || textAt(request, "userAuth", "username") != want.Username ||
					textAt(request, "userAuth", "password") != want.Password {
					return avvioError("the user could not be authenticated")
				}
				return o.serve(c, request)
			}}
		}
	}
	return refuse("unknown operation %q", named)
}

func avvioError(format string, values ...any) answer {
	return jsonAnswer(http.StatusOK, map[string]any{"status": "error", "message": fmt.Sprintf(format, values...)})
}

// avvioFields are the texts of accountInformation.
func avvioFields() (all, mandatory []string) {
	return []string{
		"nameTitle", "nameFirst", "nameLast", "addressLine1", "addressLine2", "addressTown", "addressZIP",
		"addressCounty", "addressCountry", "email", "password", "phoneNumber", "companyName", "preferredLanguage",
	}, []string{"nameFirst", "nameLast", "password"}
}

// avvioAccount is what a record has besides what the request said.
type avvioAccount struct {
	id      int64
	created time.Time
}

// createAccount creates one every time: that it should refuse an email that is
// in use is not documented. The password is checked and not kept.
func (a *avvio) createAccount(c *call, request map[string]any) answer {
	if message := a.checkSite(request["siteID"]); message != "" {
		return avvioError("%s", message)
	}
	information, ok := request["accountInformation"].(map[string]any)
	if !ok {
		return avvioError("accountInformation is mandatory")
	}
	fields := map[string]any{"siteID": request["siteID"]}
	all, mandatory := avvioFields()
	for _, name := range all {
		value, isText := information[name].(string)
		switch {
		case information[name] != nil && !isText:
			return avvioError("%s must be a string", name)
		case value == "" && slices.Contains(mandatory, name):
			return avvioError("%s is mandatory", name)
		case isText:
			fields[name] = value
		}
	}
	fields["password"] = "***"
	a.lastID++
	fields["accountID"] = a.lastID
	key := textAt(fields, "email")
	if key == "" { // not mandatory
		key = fmt.Sprint(a.lastID)
	}
	r := a.add(c, Avvio, key, fields)
	r.detail = &avvioAccount{id: a.lastID, created: c.now.UTC()}
	return jsonAnswer(http.StatusOK, map[string]any{"status": "ok", "accountID": a.lastID})
}

// checkSite says what is wrong with a site id, which must be a whole number and
// the one that the user may reach.
func (a *avvio) checkSite(siteID any) string {
	number, ok := siteID.(json.Number)
	if siteID == nil {
		return "siteID is mandatory"
	}
	id, err := number.Int64()
	if !ok || err != nil {
		return "siteID must be an integer"
	}
	if id != a.credentials.Avvio.SiteID {
		return fmt.Sprintf("no access to site %d", id)
	}
	return ""
}

// getSiteAccess lists the sites that the user may reach.
func (a *avvio) getSiteAccess(*call, map[string]any) answer {
	return jsonAnswer(http.StatusOK, map[string]any{"status": "ok", "siteList": []any{a.site()}})
}

func (a *avvio) site() map[string]any {
	return map[string]any{"siteID": a.credentials.Avvio.SiteID, "primaryName": "Sandbox Hotel"}
}

// getAccounts lists the accounts of the sites asked for, or of all, modified
// after a day. Taken at its word, as here, "after" leaves out the day itself.
// The members of the address, the username, the account status and the form of
// the times are assumed.
func (a *avvio) getAccounts(c *call, request map[string]any) answer {
	if sites, given := request["siteIDList"]; given && sites != nil {
		list, ok := sites.([]any)
		if !ok {
			return avvioError("siteIDList must be a list")
		}
		for _, siteID := range list {
			if message := a.checkSite(siteID); message != "" {
				return avvioError("%s", message)
			}
		}
	}
	var after time.Time
	if day := request["afterDate"]; day != nil && day != "" {
		text, _ := day.(string)
		var err error
		if after, err = time.Parse(time.DateOnly, text); err != nil {
			return avvioError("afterDate must be a date such as 2024-01-01")
		}
		after = after.AddDate(0, 0, 1)
	}
	accounts := []any{}
	for _, r := range a.records.of(Avvio) {
		if r.visible(c.now) && !r.detail.(*avvioAccount).created.Before(after) {
			accounts = append(accounts, showAvvio(r))
		}
	}
	site := a.site()
	site["accountList"] = accounts
	return jsonAnswer(http.StatusOK, map[string]any{"status": "ok", "siteList": []any{site}})
}

func showAvvio(r *record) map[string]any {
	account := r.detail.(*avvioAccount)
	stamp := account.created.Format(time.DateTime)
	members := func(names map[string]string) map[string]any {
		shown := map[string]any{}
		for name, field := range names {
			shown[name] = textAt(r.fields, field)
		}
		return shown
	}
	return map[string]any{
		"accountID": account.id, "dtCreated": stamp, "dtModified": stamp,
		"username": r.key, "status": "active", "email": textAt(r.fields, "email"),
		"name": members(map[string]string{"title": "nameTitle", "first": "nameFirst", "last": "nameLast"}),
		"address": members(map[string]string{
			"line1": "addressLine1", "line2": "addressLine2", "town": "addressTown",
			"zip": "addressZIP", "county": "addressCounty", "country": "addressCountry",
		}),
	}
}
