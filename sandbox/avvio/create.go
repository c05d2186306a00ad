package avvio

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/enlist-dev/enlist/sandbox/engine"
)

// accountFields returns the texts of accountInformation.
func accountFields() (all, mandatory []string) {
	return []string{
		"nameTitle", "nameFirst", "nameLast", "addressLine1", "addressLine2", "addressTown", "addressZIP",
		"addressCounty", "addressCountry", "email", "password", "phoneNumber", "companyName", "preferredLanguage",
	}, []string{"nameFirst", "nameLast", "password"}
}

// account is what a record has besides the values of the request.
type account struct {
	id      int64
	created time.Time
}

// createAccount creates an account every time, as no page says that it refuses an email in use. A
// request that a proxy repeats is refused, though. The password is checked and not stored.
func (a *service) createAccount(c *engine.Call, request map[string]any) engine.Response {
	if message := a.checkSite(request["siteID"]); message != "" {
		return fail("%s", message)
	}
	information, ok := request["accountInformation"].(map[string]any)
	if !ok {
		return fail("accountInformation is mandatory")
	}
	fields := map[string]any{"siteID": request["siteID"]}
	all, mandatory := accountFields()
	for _, name := range all {
		value, isText := information[name].(string)
		switch {
		case information[name] != nil && !isText:
			return fail("%s must be a string", name)
		case value == "" && slices.Contains(mandatory, name):
			return fail("%s is mandatory", name)
		case isText:
			fields[name] = value
		}
	}
	if c.Repeated {
		by := "email"
		if engine.TextAt(fields, "email") == "" {
			by = "name"
		}
		return fail("an account with this %s already exists", by)
	}
	fields["password"] = "***"
	a.lastID++
	fields["accountID"] = a.lastID
	key := a.normalise(c, fields)
	if key.Stored == "" { // the email is not mandatory
		key = engine.PlainKey(fmt.Sprint(a.lastID))
	}
	r := a.Add(c, Name, key, fields)
	r.Detail = &account{id: a.lastID, created: c.Now.UTC()}
	return engine.JSONResponse(http.StatusOK, map[string]any{"status": "ok", "accountID": a.lastID})
}

// checkSite says what is wrong with a site id. It must be a whole number, and the site that the
// user may reach.
func (a *service) checkSite(siteID any) string {
	number, ok := siteID.(json.Number)
	if siteID == nil {
		return "siteID is mandatory"
	}
	id, err := number.Int64()
	if !ok || err != nil {
		return "siteID must be an integer"
	}
	if id != a.Credentials.SiteID {
		return fmt.Sprintf("no access to site %d", id)
	}
	return ""
}

// normalise changes the names and the case of the email if the fault normalised_key applies. It
// returns the email as the key. There is no key of the caller's.
func (a *service) normalise(c *engine.Call, fields map[string]any) engine.Key {
	email := engine.TextAt(fields, "email")
	if !c.Normalised {
		return engine.PlainKey(email)
	}
	form := c.Form
	if form == "" {
		form = changingForm(engine.TextAt(fields, "nameFirst"), engine.TextAt(fields, "nameLast"))
	}
	for _, name := range []string{"nameTitle", "nameFirst", "nameLast"} {
		if text, given := fields[name].(string); given {
			fields[name] = form.Apply(text)
		}
	}
	emailCase := engine.Lower
	if form == engine.Upper || form != engine.Lower && strings.ToLower(email) == email {
		emailCase = engine.Upper
	}
	key := engine.FormedKey(email, emailCase.Apply)
	if email != "" {
		fields["email"] = key.Stored
	}
	return key
}

// changingForm returns the first form that changes one of the names.
func changingForm(names ...string) engine.KeyForm {
	for _, form := range []engine.KeyForm{engine.Cut, engine.Unaccented, engine.Escaped} {
		if slices.ContainsFunc(names, func(name string) bool { return form.Apply(name) != name }) {
			return form
		}
	}
	return engine.Upper
}
