package sandboxtest

import "net/url"

// Paths, and what tests send to them.
const (
	OpencellAPI    = "/opencell/api/rest/account/"
	OpencellUpsert = OpencellAPI + "accountHierarchy/createOrUpdateCRMAccountHierarchy"
	OpencellCreate = OpencellAPI + "accountHierarchy/createCRMAccountHierarchy"
	OpencellUpdate = OpencellAPI + "accountHierarchy/updateCRMAccountHierarchy"
)

// Opencell sends a JSON request with a token.
func (w *World) Opencell(method, path, body, token string) Reply {
	w.Helper()
	return w.Send(method, path, body, "Content-Type", JSONType, "Authorization", "Bearer "+token)
}

// OpencellTokenPath is where the demo realm logs in.
const OpencellTokenPath = "/auth/realms/opencell/protocol/openid-connect/token"

// OpencellForm returns the form of a login with changes.
func (w *World) OpencellForm(changes map[string]string) string {
	c := w.Credentials.Opencell
	form := url.Values{
		"grant_type": {"password"}, "client_id": {c.ClientID}, "client_secret": {c.ClientSecret},
		"username": {c.Username}, "password": {c.Password},
	}
	for name, value := range changes {
		form.Set(name, value)
	}
	return form.Encode()
}

// OpencellToken logs in and returns the access token.
func (w *World) OpencellToken() string {
	w.Helper()
	r := w.Send("POST", OpencellTokenPath, w.OpencellForm(nil), "Content-Type", FormType)
	if r.Status != 200 {
		w.Fatalf("no token: %d %s", r.Status, r.Body)
	}
	return r.JSON(w.T)["access_token"].(string)
}
