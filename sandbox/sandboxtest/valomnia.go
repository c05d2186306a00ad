package sandboxtest

import (
	"net/http"
	"net/url"
	"strings"
)

// Paths, and what tests send to them.
const (
	ValomniaLogin     = "/j_spring_security_check"
	ValomniaCustomers = "/api/v1.0/customers"
)

// ValomniaForm returns the form of a login with changes.
func (w *World) ValomniaForm(changes map[string]string) string {
	c := w.Credentials.Valomnia
	form := url.Values{"j_username": {c.Username}, "j_password": {c.Password}, "ajax": {"true"}}
	for name, value := range changes {
		form.Set(name, value)
	}
	return form.Encode()
}

// ValomniaSession logs in and returns the Cookie header.
func (w *World) ValomniaSession() string {
	w.Helper()
	r := w.Send("POST", ValomniaLogin, w.ValomniaForm(nil), "Content-Type", FormType)
	cookie, err := http.ParseSetCookie(r.Header.Get("Set-Cookie"))
	if err != nil || r.Status != 302 || r.Header.Get("Location") != "/login/ajaxSuccess" {
		w.Fatalf("login: %d %v %v", r.Status, r.Header, err)
	}
	return cookie.Name + "=" + cookie.Value
}

// Form writes "name=value" pairs as a form.
func Form(values ...string) string {
	all := url.Values{}
	for _, pair := range values {
		name, value, _ := strings.Cut(pair, "=")
		all.Set(name, value)
	}
	return all.Encode()
}

// ValomniaCreate sends the "name=value" pairs as a create request.
func (w *World) ValomniaCreate(session string, values ...string) Reply {
	w.Helper()
	return w.Send("POST", ValomniaCustomers, Form(values...), "Content-Type", FormType, "Cookie", session)
}
