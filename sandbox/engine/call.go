package engine

import (
	"errors"
	"io"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"
)

// MaxBody bounds the body of a request, in bytes. It leaves room for Valomnia's 2 MB image and for
// one that is too large.
const MaxBody = 8 << 20

// Call is one request to a vendor. Its body is read already.
type Call struct {
	*http.Request
	Body []byte
	Now  time.Time
	// Refused says that the vendor must refuse the credentials, and forget them.
	Refused bool
	// Repeated says that a proxy repeats a request that was carried out just now.
	Repeated bool
	// Normalised says that the vendor stores the key in another form.
	Normalised bool
	// Form is the form that the fault names. It may be empty.
	Form KeyForm
}

// MediaType returns the request's content type in lower case, without parameters.
func (c *Call) MediaType() string {
	mediaType, _, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return mediaType
}

// Route serves a path of the vendor. Other methods get notAllowed's response with the Allow header.
func (e *Engine) Route(v *API, path string, notAllowed func(*Call) Response, methods map[string]Endpoint) {
	allowed := slices.Sorted(maps.Keys(methods))
	for _, method := range allowed {
		if endpoint := methods[method]; !endpoint.Page {
			v.paths = append(v.paths, method+" "+path)
		}
		v.Serves(methods[method])
	}
	e.mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
		if endpoint, ok := methods[r.Method]; ok {
			e.serveCall(w, r, v, func(*Call) Endpoint { return endpoint })
			return
		}
		notAllowed(&Call{Request: r}).With("Allow", strings.Join(allowed, ", ")).Write(w)
	})
}

// Dispatch serves POST requests to a path of the vendor. resolve picks the endpoint by the
// request's body. The vendor declares those endpoints with [API.Serves].
func (e *Engine) Dispatch(v *API, path string, resolve func(*Call) Endpoint) {
	v.paths = append(v.paths, http.MethodPost+" "+path)
	e.mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			Empty(http.StatusMethodNotAllowed).With("Allow", http.MethodPost).Write(w)
			return
		}
		e.serveCall(w, r, v, resolve)
	})
}

// serveCall reads the body, takes the fault that applies, and runs the endpoint.
func (e *Engine) serveCall(w http.ResponseWriter, r *http.Request, v *API, resolve func(*Call) Endpoint) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		Empty(http.StatusRequestEntityTooLarge).Write(w)
		return
	} else if err != nil {
		closeConnection() // half a request does nothing
	}
	c := &Call{Request: r, Body: body}
	endpoint := resolve(c)

	e.mu.Lock()
	fault := e.takeFault(v.Vendor, endpoint.Operation, func(f *Fault) bool { return endpoint.takes(f.Kind) })
	e.mu.Unlock()
	if fault == nil {
		e.do(c, endpoint).Write(w)
		return
	}
	e.serveFault(w, c, v, endpoint, *fault)
}

// do runs the endpoint under the lock and returns the vendor's response.
func (e *Engine) do(c *Call, endpoint Endpoint) Response {
	e.mu.Lock()
	defer e.mu.Unlock()
	c.Now = e.now()
	return endpoint.Serve(c)
}

// doTwice runs the endpoint twice, as if a proxy had repeated the request, and returns the second
// response. No other request comes between the two.
func (e *Engine) doTwice(c *Call, endpoint Endpoint) Response {
	e.mu.Lock()
	defer e.mu.Unlock()
	c.Now = e.now()
	endpoint.Serve(c)
	c.Repeated = true
	return endpoint.Serve(c)
}
