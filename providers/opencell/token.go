package opencell

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"time"

	opencellv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/opencell/v1"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
	"github.com/enlist-dev/enlist/providers/wire"
)

// maxTokenLifetime keeps a nonsensical expires_in from overflowing.
const maxTokenLifetime = 365 * 24 * 60 * 60

// fetchToken gets a bearer token by OAuth's password grant, as Opencell's Keycloak offers it.
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
	call := &vendorhttp.Request{
		Operation:   vendorhttp.Login,
		Method:      http.MethodPost,
		Path:        "/auth/realms/" + url.PathEscape(cmp.Or(p.settings.GetRealm(), "opencell")) + "/protocol/openid-connect/token",
		Header:      http.Header{"Accept": {"application/json"}},
		ContentType: "application/x-www-form-urlencoded",
		Body:        []byte(form.Encode()),
	}
	return vendorhttp.Call(ctx, p.http, call, func(response *vendorhttp.Response) (vendorhttp.Credential, error) {
		return p.tokenOf(call, response)
	})
}

func (p *Provider) tokenOf(call *vendorhttp.Request, response *vendorhttp.Response) (vendorhttp.Credential, error) {
	answer := &opencellv1.TokenAnswer{}
	parsed := wire.Unmarshal(response.Body, answer) == nil
	switch {
	case parsed && response.Status == http.StatusOK && answer.GetAccessToken() != "":
		credential := vendorhttp.Credential{Value: answer.GetAccessToken()}
		if seconds := min(answer.GetExpiresIn(), maxTokenLifetime); seconds > 0 {
			credential.Expires = vendorhttp.RenewBefore(time.Duration(seconds) * time.Second)
		}
		return credential, nil
	case parsed && answer.GetError() != "" && (response.Status == http.StatusBadRequest || response.Status == http.StatusUnauthorized):
		withoutSecrets := func(text string) string {
			return wire.Redact(text, p.settings.GetPassword(), p.settings.GetClientSecret())
		}
		return vendorhttp.Credential{}, p.http.CredentialsRejected(
			vendorhttp.VendorError(response, withoutSecrets(answer.GetError()), withoutSecrets(answer.GetErrorDescription())), nil)
	default:
		return vendorhttp.Credential{}, p.http.NotUnderstood(call, response, nil)
	}
}
