package valomnia

import (
	"cmp"
	"context"
	"net/http"
	"strings"

	valomniav1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/valomnia/v1"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
	"github.com/enlist-dev/enlist/providers/wire"
)

const (
	sessionCookie = "JSESSIONID"
	loginPath     = "/j_spring_security_check"
	loggedInPath  = "/login/ajaxSuccess"
	formType      = "application/x-www-form-urlencoded; charset=UTF-8"
)

// login opens a session in two steps: it sends the form, and then checks the cookie.
func (p *Provider) login(ctx context.Context) (vendorhttp.Credential, error) {
	form := &valomniav1.LoginForm{Username: p.settings.GetUsername(), Password: p.settings.GetPassword(), Ajax: true}
	call := &vendorhttp.Request{
		Operation: vendorhttp.Login, Method: http.MethodPost, Path: loginPath, Header: http.Header{"Accept": {"application/json"}},
		ContentType: formType, Body: []byte(wire.Form(form, false).Encode()),
	}
	session, err := vendorhttp.Call(ctx, p.http, call, func(answer *vendorhttp.Response) (string, error) {
		session := cookieOf(answer.Header)
		if path, own := p.redirect(answer); !own || path != loggedInPath || session == "" {
			return "", p.noLogin(call, answer)
		}
		return session, nil
	})
	if err != nil {
		return vendorhttp.Credential{}, err
	}
	call = &vendorhttp.Request{
		Operation: vendorhttp.Login, Method: http.MethodGet, Path: loggedInPath,
		Header: http.Header{"Accept": {"application/json"}, "Cookie": {sessionCookie + "=" + session}},
	}
	session, err = vendorhttp.Call(ctx, p.http, call, func(answer *vendorhttp.Response) (string, error) {
		if said := loginAnswer(answer); answer.Status != http.StatusOK || !said.GetSuccess() {
			return "", p.noLogin(call, answer, session)
		}
		return cmp.Or(cookieOf(answer.Header), session), nil // a server may set a new session after a login
	})
	return vendorhttp.Credential{Value: session}, err // the vendor does not return its expiry
}

// noLogin returns the error of a failed login. Valomnia rejects credentials with a redirect to
// another of its pages, or in words. Any other response is not the vendor's own.
func (p *Provider) noLogin(call *vendorhttp.Request, answer *vendorhttp.Response, secrets ...string) error {
	said := loginAnswer(answer)
	vendor := vendorhttp.VendorError(answer, "", wire.Redact(said.GetError(), append(secrets, p.settings.GetPassword())...))
	path, own := p.redirect(answer)
	if own && path != loggedInPath || answer.Status < http.StatusInternalServerError && said.GetError() != "" {
		return p.http.CredentialsRejected(vendor, nil)
	}
	return p.http.NotUnderstood(call, answer, vendor)
}

// loginAnswer parses the response to a login. A member of an undocumented type counts as missing,
// and the others still count. Only success matters.
func loginAnswer(answer *vendorhttp.Response) *valomniav1.LoginAnswer {
	members := vendorhttp.MembersOf(answer.Body)
	return &valomniav1.LoginAnswer{Success: members.IsTrue("success"), Error: members.Text("error")}
}

// redirect returns the path of a redirect, below the base URL and without parameters, and whether
// it is on the vendor's host. It ignores scheme and port, because a server behind a proxy does not
// know them.
func (p *Provider) redirect(answer *vendorhttp.Response) (path string, own bool) {
	location := answer.Header.Get("Location")
	if answer.Status < 300 || answer.Status > 399 || location == "" {
		return "", false
	}
	target, err := p.base.Parse(location)
	if err != nil || !strings.EqualFold(target.Hostname(), p.base.Hostname()) {
		return "", false
	}
	path, _, _ = strings.Cut(strings.TrimPrefix(target.Path, strings.TrimSuffix(p.base.Path, "/")), ";")
	return path, true
}

// cookieOf returns the last session in a response, or "".
func cookieOf(header http.Header) string {
	session := ""
	for _, cookie := range (&http.Response{Header: header}).Cookies() {
		if cookie.Name == sessionCookie && cookie.Value != "" && cookie.MaxAge >= 0 {
			session = cookie.Value
		}
	}
	return session
}

// expired reports whether a response says that there is no session.
func (p *Provider) expired(answer *vendorhttp.Response) bool {
	path, own := p.redirect(answer)
	return answer.Status == http.StatusUnauthorized || own && (path == "/login" || strings.HasPrefix(path, "/login/")) ||
		answer.Status < http.StatusInternalServerError && parseRefusal(answer).GetError() == noCredentials
}
