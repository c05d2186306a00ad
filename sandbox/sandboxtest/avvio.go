package sandboxtest

// AvvioAPI is the one path.
const AvvioAPI = "/api/ws_api"

// AvvioRequest returns the documented request with the demo credentials and changes.
func (w *World) AvvioRequest(changes map[string]any) string {
	w.Helper()
	request := Alter(w.T, w.Fixture("avvio/create_request.json"), map[string]any{
		"userAuth": map[string]any{"username": w.Credentials.Avvio.Username, "password": w.Credentials.Avvio.Password},
	})
	return Alter(w.T, request, changes)
}

// Avvio sends the documented request with changes.
func (w *World) Avvio(changes map[string]any) Reply {
	w.Helper()
	return w.Send("POST", AvvioAPI, w.AvvioRequest(changes), "Content-Type", JSONType)
}
