package sandbox

import (
	"io"
	"maps"
	"net/http"
	"slices"
)

// serveControl serves what is under /sandbox, and whatever no vendor answers.
func (s *Sandbox) serveControl() {
	s.mux.HandleFunc("GET /sandbox", s.index)
	s.mux.HandleFunc("GET /sandbox/{$}", s.index)
	s.mux.HandleFunc("GET /sandbox/records", s.listRecords)
	s.mux.HandleFunc("DELETE /sandbox/records", s.forgetRecords)
	s.mux.HandleFunc("POST /sandbox/faults", s.orderFault)
	s.mux.HandleFunc("GET /sandbox/faults", s.listFaults)
	s.mux.HandleFunc("DELETE /sandbox/faults", s.withdrawFaults)
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		jsonAnswer(http.StatusNotFound, map[string]any{"error": "nothing is served at " + r.URL.Path, "see": "/sandbox"}).write(w)
	})
}

func (s *Sandbox) listRecords(w http.ResponseWriter, r *http.Request) {
	vendors := s.vendorNames()
	if name := r.URL.Query().Get("vendor"); name != "" {
		v, wrong := s.vendorNamed(name)
		if wrong != nil {
			jsonAnswer(http.StatusBadRequest, wrong).write(w)
			return
		}
		vendors = []Vendor{v.vendor}
	}
	s.mu.Lock()
	held := s.records.list(vendors)
	s.mu.Unlock()
	jsonAnswer(http.StatusOK, map[string]any{"records": held}).write(w)
}

func (s *Sandbox) forgetRecords(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	s.records.clear()
	s.mu.Unlock()
	emptyAnswer(http.StatusNoContent).write(w)
}

func (s *Sandbox) orderFault(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<16))
	if err != nil {
		jsonAnswer(http.StatusBadRequest, &refusal{Field: "body", Message: "body: " + err.Error()}).write(w)
		return
	}
	fault, wrong := s.parseFault(body)
	if wrong != nil {
		jsonAnswer(http.StatusBadRequest, wrong).write(w)
		return
	}
	ordered := jsonAnswer(http.StatusOK, fault) // before a call can spend it
	s.mu.Lock()
	s.faults = append(s.faults, fault)
	s.mu.Unlock()
	ordered.write(w)
}

func (s *Sandbox) listFaults(w http.ResponseWriter, _ *http.Request) {
	pending := []Fault{}
	s.mu.Lock()
	for _, f := range s.faults {
		pending = append(pending, *f)
	}
	s.mu.Unlock()
	jsonAnswer(http.StatusOK, map[string]any{"faults": pending}).write(w)
}

func (s *Sandbox) withdrawFaults(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	s.faults = nil
	s.mu.Unlock()
	emptyAnswer(http.StatusNoContent).write(w)
}

// index says what is here. The credentials are shown: they open a sandbox.
func (s *Sandbox) index(w http.ResponseWriter, _ *http.Request) {
	vendors := map[Vendor]any{}
	for name, v := range s.vendors {
		vendors[name] = map[string]any{"endpoints": v.endpoints, "operations": v.operations}
	}
	jsonAnswer(http.StatusOK, map[string]any{
		"vendors":     vendors,
		"credentials": s.credentials,
		"control": []string{
			"GET /sandbox/records?vendor=", "DELETE /sandbox/records",
			"POST /sandbox/faults", "GET /sandbox/faults", "DELETE /sandbox/faults",
			"POST /sandbox/contractors",
		},
		"fault_kinds": faultKinds(),
	}).write(w)
}

func (s *Sandbox) vendorNames() []Vendor { return slices.Sorted(maps.Keys(s.vendors)) }

func (s *Sandbox) vendorNamed(name string) (*vendorAPI, *refusal) {
	if name == "sellandsign" {
		name = string(SellAndSign)
	}
	if v, ok := s.vendors[Vendor(name)]; ok {
		return v, nil
	}
	return nil, notAllowed("vendor", name, texts(s.vendorNames()))
}
