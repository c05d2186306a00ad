package engine

import (
	"io"
	"maps"
	"net/http"
	"slices"
)

// serveControl serves what is under /sandbox.
func (e *Engine) serveControl() {
	e.mux.HandleFunc("GET /sandbox", e.index)
	e.mux.HandleFunc("GET /sandbox/{$}", e.index)
	e.Control("GET /sandbox/records", "?vendor=", e.listRecords)
	e.Control("DELETE /sandbox/records", "", e.forgetRecords)
	e.Control("POST /sandbox/faults", "", e.orderFault)
	e.Control("GET /sandbox/faults", "", e.listFaults)
	e.Control("DELETE /sandbox/faults", "", e.withdrawFaults)
}

// Control adds a control endpoint. The index shows it, followed by the query that it takes.
func (e *Engine) Control(pattern, query string, serve http.HandlerFunc) {
	e.control = append(e.control, pattern+query)
	e.mux.HandleFunc(pattern, serve)
}

func (e *Engine) listRecords(w http.ResponseWriter, r *http.Request) {
	vendors := e.Vendors()
	if name := r.URL.Query().Get("vendor"); name != "" {
		v, wrong := e.vendorNamed(name)
		if wrong != nil {
			JSONResponse(http.StatusBadRequest, wrong).Write(w)
			return
		}
		vendors = []Vendor{v.Vendor}
	}
	e.mu.Lock()
	held := e.records.list(vendors)
	e.mu.Unlock()
	JSONResponse(http.StatusOK, map[string]any{"records": held}).Write(w)
}

func (e *Engine) forgetRecords(w http.ResponseWriter, _ *http.Request) {
	e.mu.Lock()
	e.records.clear()
	e.mu.Unlock()
	Empty(http.StatusNoContent).Write(w)
}

func (e *Engine) orderFault(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<16))
	if err != nil {
		JSONResponse(http.StatusBadRequest, &Refusal{Field: "body", Message: "body: " + err.Error()}).Write(w)
		return
	}
	fault, wrong := e.parseFault(body)
	if wrong != nil {
		JSONResponse(http.StatusBadRequest, wrong).Write(w)
		return
	}
	ordered := JSONResponse(http.StatusOK, fault) // before a request can spend it
	e.mu.Lock()
	e.faults = append(e.faults, fault)
	e.mu.Unlock()
	ordered.Write(w)
}

func (e *Engine) listFaults(w http.ResponseWriter, _ *http.Request) {
	pending := []Fault{}
	e.mu.Lock()
	for _, f := range e.faults {
		pending = append(pending, *f)
	}
	e.mu.Unlock()
	JSONResponse(http.StatusOK, map[string]any{"faults": pending}).Write(w)
}

// withdrawFaults also begins anew with what rotates from use to use.
func (e *Engine) withdrawFaults(w http.ResponseWriter, _ *http.Request) {
	e.mu.Lock()
	e.faults = nil
	clear(e.uses)
	e.mu.Unlock()
	Empty(http.StatusNoContent).Write(w)
}

// index says what is here. It shows the credentials, as they open nothing but a sandbox.
func (e *Engine) index(w http.ResponseWriter, _ *http.Request) {
	vendors, credentials := map[Vendor]any{}, map[Vendor]any{}
	for name, v := range e.vendors {
		faults := map[FaultKind][]string{}
		for _, kind := range selectiveKinds() {
			faults[kind] = v.operationsFor(kind)
		}
		vendors[name] = map[string]any{"endpoints": v.paths, "operations": v.Operations, "fault_operations": faults}
		credentials[name] = v.Credentials
	}
	JSONResponse(http.StatusOK, map[string]any{
		"vendors":     vendors,
		"credentials": credentials,
		"control":     e.control,
		"fault_kinds": FaultKinds(),
		"key_forms":   KeyForms(),
	}).Write(w)
}

// Vendors returns the names of the vendors, sorted.
func (e *Engine) Vendors() []Vendor { return slices.Sorted(maps.Keys(e.vendors)) }

func (e *Engine) vendorNamed(name string) (*API, *Refusal) {
	for _, v := range e.vendors {
		if name != "" && (name == string(v.Vendor) || name == v.Alias) {
			return v, nil
		}
	}
	return nil, notAllowed("vendor", name, texts(e.Vendors()))
}
