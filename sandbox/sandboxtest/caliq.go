package sandboxtest

// Paths, and what tests send to them.
const (
	CaliqCreate  = "/api/v1/CustomerCreate"
	CaliqChange  = "/api/v1/CustomerChange"
	CaliqMessage = "/api/v1/Message"
)

// CaliqRequest returns the documented request with changes. Values that Caliq accepts replace its
// "sample string"s.
func (w *World) CaliqRequest(changes map[string]any) string {
	w.Helper()
	request := Alter(w.T, w.Fixture("caliq/create_request.json"), map[string]any{
		"apiKey": w.Credentials.Caliq.APIKey, "AccountNo": "A-1", "County": "Kent", "Postcode": "CT1 2AB", "Country": "GBR", "Title": "Mrs",
		"Email": "a@b.example", "Currency": "GBP", "CustomerServiceLevel": 2, "CustomerCategory": "WEB",
	})
	return Alter(w.T, request, changes)
}

// Caliq sends a JSON request.
func (w *World) Caliq(path, body string, headers ...string) Reply {
	w.Helper()
	return w.Send("POST", path, body, append([]string{"Content-Type", JSONType}, headers...)...)
}
