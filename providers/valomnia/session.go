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

// login opens a session, in two steps: the form, and the question whether its cookie is good.
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
		return cmp.Or(cookieOf(answer.Header), session), nil // a server may give a new session to whom it has let in
	})
	return vendorhttp.Credential{Value: session}, err // when it expires is not known
}

// noLogin makes the error of a failed login. The vendor refuses the credentials by a redirect to another of its pages, or in words;
// anything else is not the vendor speaking.
func (p *Provider) noLogin(call *vendorhttp.Request, answer *vendorhttp.Response, secrets ...string) error {
	said := loginAnswer(answer)
	vendor := vendorhttp.VendorError(answer, "", wire.Redact(said.GetError(), append(secrets, p.settings.GetPassword())...))
	path, own := p.redirect(answer)
	if own && path != loggedInPath || answer.Status < http.StatusInternalServerError && said.GetError() != "" {
		return p.http.CredentialsRejected(vendor, nil)
	}
	return p.http.NotUnderstood(call, answer, vendor)
}

// loginAnswer reads the answer to a login; it is empty for any other body.
func loginAnswer(answer *vendorhttp.Response) *valomniav1.LoginAnswer {
	said := &valomniav1.LoginAnswer{}
	if wire.Unmarshal(answer.Body, said) != nil {
		return &valomniav1.LoginAnswer{}
	}
	return said
}

// redirect returns the path that an answer redirects to, below the base URL and without parameters, and whether it is on the
// vendor's own host. The scheme and the port are left out of account: a server behind a proxy does not know them.
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

// cookieOf returns the session that an answer gives, the last if there are several, and "" for none.
func cookieOf(header http.Header) string {
	session := ""
	for _, cookie := range (&http.Response{Header: header}).Cookies() {
		if cookie.Name == sessionCookie && cookie.Value != "" && cookie.MaxAge >= 0 {
			session = cookie.Value
		}
	}
	return session
}

// expired reports whether an answer says that there is no session; nothing has then been done.
func (p *Provider) expired(answer *vendorhttp.Response) bool {
	path, own := p.redirect(answer)
	return answer.Status == http.StatusUnauthorized || own && (path == "/login" || strings.HasPrefix(path, "/login/")) ||
		answer.Status < http.StatusInternalServerError && refusal(answer).GetError() == noCredentials
}
