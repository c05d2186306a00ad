package avvio

import (
	"net/http"
	"time"

	"github.com/enlist-dev/enlist/sandbox/engine"
)

// getSiteAccess lists the sites that the user may reach.
func (a *service) getSiteAccess(*engine.Call, map[string]any) engine.Response {
	return a.list(a.site())
}

// list is a response with that site. The page documents siteList alone: see Settings.ListStatus.
func (a *service) list(site map[string]any) engine.Response {
	body := map[string]any{"siteList": []any{site}}
	if a.ListStatus {
		body["status"] = "ok"
	}
	return engine.JSONResponse(http.StatusOK, body)
}

func (a *service) site() map[string]any {
	return map[string]any{"siteID": a.Credentials.SiteID, "primaryName": "Sandbox Hotel"}
}

// getAccounts lists the accounts of the requested sites, or of all sites, that were modified after
// a day. It takes the word literally: the day itself is not in the list. The members of the
// address, the username, the account status and the form of the times are assumed.
func (a *service) getAccounts(c *engine.Call, request map[string]any) engine.Response {
	if sites, given := request["siteIDList"]; given && sites != nil {
		list, ok := sites.([]any)
		if !ok {
			return fail("siteIDList must be a list")
		}
		for _, siteID := range list {
			if message := a.checkSite(siteID); message != "" {
				return fail("%s", message)
			}
		}
	}
	var after time.Time
	if day := request["afterDate"]; day != nil && day != "" {
		text, _ := day.(string)
		var err error
		if after, err = time.Parse(time.DateOnly, text); err != nil {
			return fail("afterDate must be a date such as 2024-01-01")
		}
		after = after.AddDate(0, 0, 1)
	}
	accounts := []any{}
	for _, r := range a.Customers(Name) {
		if r.Visible(c.Now) && !r.Detail.(*account).created.Before(after) {
			accounts = append(accounts, show(r))
		}
	}
	site := a.site()
	site["accountList"] = accounts
	return a.list(site)
}

func show(r *engine.Customer) map[string]any {
	account := r.Detail.(*account)
	stamp := account.created.Format(time.DateTime)
	members := func(names map[string]string) map[string]any {
		shown := map[string]any{}
		for name, field := range names {
			shown[name] = engine.TextAt(r.Fields, field)
		}
		return shown
	}
	return map[string]any{
		"accountID": account.id, "dtCreated": stamp, "dtModified": stamp,
		"username": r.Key, "status": "active", "email": engine.TextAt(r.Fields, "email"),
		"name": members(map[string]string{"title": "nameTitle", "first": "nameFirst", "last": "nameLast"}),
		"address": members(map[string]string{
			"line1": "addressLine1", "line2": "addressLine2", "town": "addressTown",
			"zip": "addressZIP", "county": "addressCounty", "country": "addressCountry",
		}),
	}
}
