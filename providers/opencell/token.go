package opencell

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	opencellv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/opencell/v1"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
	"github.com/enlist-dev/enlist/providers/wire"
)

// maxTokenLifetime is the largest expires_in, in seconds. It keeps a nonsensical one from
// overflowing.
const maxTokenLifetime = 365 * 24 * 60 * 60

// fetchToken gets a bearer token with OAuth's password grant from Opencell's Keycloak.
func (p *Provider) fetchToken(ctx context.Context) (vendorhttp.Credential, error) {
	form := url.Values{
		"grant_type": {"password"},
		"client_id":  {cmp.Or(p.settings.GetClientId(), "opencell-web")},
		"username":   {p.settings.GetUsername()},
		"password":   {p.settings.GetPassword()},
	}
	if secret := p.settings.GetClientSecret(); secret != "" {
		form.Set("client_secret", secret)
	}
	request := &vendorhttp.Request{
		Operation:   vendorhttp.Login,
		Method:      http.MethodPost,
		Path:        "/auth/realms/" + url.PathEscape(cmp.Or(p.settings.GetRealm(), "opencell")) + "/protocol/openid-connect/token",
		Header:      http.Header{"Accept": {"application/json"}},
		ContentType: "application/x-www-form-urlencoded",
		Body:        []byte(form.Encode()),
	}
	return vendorhttp.Call(ctx, p.http, request, func(response *vendorhttp.Response) (vendorhttp.Credential, error) {
		return p.tokenOf(request, response)
	})
}

// tokenOf reads a token response. An access_token at 200 is a success. An OAuth error rejects the
// credentials, unless it says that the server fails; some proxies send it at 200.
func (p *Provider) tokenOf(request *vendorhttp.Request, response *vendorhttp.Response) (vendorhttp.Credential, error) {
	token := parseToken(response.Body)
	withoutSecrets := func(text string) string {
		return wire.Redact(text, p.settings.GetPassword(), p.settings.GetClientSecret())
	}
	vendor := vendorhttp.VendorError(response, withoutSecrets(token.GetError()), withoutSecrets(token.GetErrorDescription()))
	switch hasToken := strings.TrimSpace(token.GetAccessToken()) != ""; {
	case response.Status == http.StatusOK && hasToken:
		credential := vendorhttp.Credential{Value: token.GetAccessToken()}
		if seconds := token.GetExpiresIn(); seconds > 0 {
			credential.Expires = vendorhttp.RenewBefore(time.Duration(seconds) * time.Second)
		}
		return credential, nil
	case token.GetError() == "" || hasToken || !saysOAuth(response.Status):
		return vendorhttp.Credential{}, p.http.NotUnderstood(request, response, vendor)
	case token.GetError() == "temporarily_unavailable", token.GetError() == "server_error":
		return vendorhttp.Credential{}, p.http.Unavailable(response, vendor)
	default:
		return vendorhttp.Credential{}, p.http.CredentialsRejected(vendor, nil)
	}
}

// saysOAuth reports whether an OAuth error at this status is about the request. At any other, the
// status tells more.
func saysOAuth(status int) bool {
	switch status {
	case http.StatusOK, http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden:
		return true
	default:
		return false
	}
}

// parseToken reads the members of a token response. One of another type than documented counts as
// missing: proxies write expires_in as a string, a fraction or null.
func parseToken(body []byte) *opencellv1.TokenAnswer {
	members := vendorhttp.MembersOf(body)
	return &opencellv1.TokenAnswer{
		AccessToken: members.Text("access_token"),
		ExpiresIn:   int64(max(0, min(members.Number("expires_in"), maxTokenLifetime))),
		Error:       members.Text("error"), ErrorDescription: members.Text("error_description"),
	}
}
