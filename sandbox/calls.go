package sandbox

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

// maxBody bounds a request's body, in bytes: room for Valomnia's 2 MB image and
// for one that is too large.
const maxBody = 8 << 20

// vendorAPI is what the sandbox must know of a vendor to fail in its manner.
type vendorAPI struct {
	vendor     Vendor
	operations []string           // what a fault can be ordered for
	endpoints  []string           // method and path, for the index
	failure    func(*call) answer // it broke, and nothing was done: HTTP 500
	apology    func(*call) answer // its own way to say that it failed
	throttled  func(*call) answer // too many requests; Retry-After is added
}

// endpoint is one method of one path.
type endpoint struct {
	operation string // as faults name it
	serve     func(*call) answer
}

// call is one request to a vendor, its body read.
type call struct {
	*http.Request
	body    []byte
	now     time.Time
	refused bool // its credentials must be refused, and forgotten
}

// mediaType is the request's content type without its parameters, lower case.
func (c *call) mediaType() string {
	mediaType, _, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return mediaType
}

// route serves a path of the vendor. Another method gets notAllowed's answer
// with the Allow header.
func (s *Sandbox) route(v *vendorAPI, path string, notAllowed func(*call) answer, methods map[string]endpoint) {
	allowed := slices.Sorted(maps.Keys(methods))
	for _, method := range allowed {
		v.endpoints = append(v.endpoints, method+" "+path)
	}
	s.mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
		if e, ok := methods[r.Method]; ok {
			s.serveCall(w, r, v, func(*call) endpoint { return e })
			return
		}
		notAllowed(&call{Request: r}).with("Allow", strings.Join(allowed, ", ")).write(w)
	})
}

// serveCall carries one call through: body, fault, work, answer.
func (s *Sandbox) serveCall(w http.ResponseWriter, r *http.Request, v *vendorAPI, resolve func(*call) endpoint) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		emptyAnswer(http.StatusRequestEntityTooLarge).write(w)
		return
	} else if err != nil {
		closeConnection() // half a request does nothing
	}
	c := &call{Request: r, body: body}
	e := resolve(c)

	s.mu.Lock()
	fault := s.takeFault(v.vendor, e.operation, otherFaults)
	s.mu.Unlock()
	if fault == nil {
		s.do(c, e).write(w)
		return
	}
	s.serveFault(w, c, v, e, *fault)
}

// do works under the lock and gives the vendor's answer.
func (s *Sandbox) do(c *call, e endpoint) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.now = s.now()
	return e.serve(c)
}

// serveFault does what the fault leaves to be done and answers as it says. A
// caller that hangs up meanwhile changes nothing: the vendor goes on, as real
// ones do.
func (s *Sandbox) serveFault(w http.ResponseWriter, c *call, v *vendorAPI, e endpoint, fault Fault) {
	if fault.Kind == Latency || !fault.Kind.works() {
		time.Sleep(fault.delay())
	}
	switch fault.Kind {
	case DropBefore:
		closeConnection()
	case Status500:
		v.failure(c).write(w)
		return
	case Status429:
		v.throttled(c).with("Retry-After", "1").write(w)
		return
	case ExpiredCredentials:
		c.refused = true
	}
	result := s.do(c, e)
	if fault.Kind != Latency {
		time.Sleep(fault.delay())
	}
	switch fault.Kind {
	case DropAfter:
		closeConnection()
	case Truncated:
		result.writeTruncated(w)
	case Malformed:
		result.status = http.StatusOK
		result.body = []byte("{\"status\": \"SUCCESS\", \"id\": \n<html>")
		result.write(w)
	case ErrorButCreated:
		v.apology(c).write(w)
	default:
		result.write(w)
	}
}
