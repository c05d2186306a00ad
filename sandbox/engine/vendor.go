package engine

import "net/http"

// Vendor is the name of a vendor, as the control endpoints use it.
type Vendor string

// API is what the engine must know of a vendor to fail in its manner.
type API struct {
	Vendor Vendor
	// Alias is a second name that the control endpoints accept. It may be empty.
	Alias string
	// Credentials are shown in the index.
	Credentials any
	// Operations are the names that a fault may give as its operation.
	Operations []string
	// Failure is the vendor's HTTP 500 for a request that was not carried out.
	Failure func(*Call) Response
	// Apology is the vendor's own way to report a failure.
	Apology func(*Call) Response
	// Throttled is the response to too many requests. The engine adds Retry-After.
	Throttled func(*Call) Response

	endpoints []Endpoint
	paths     []string // method and path, for the index
}

// Endpoint is one method of one path.
type Endpoint struct {
	// Operation is the name by which faults address the endpoint.
	Operation string
	Serve     func(*Call) Response
	// Creates marks an endpoint that creates customers: the faults normalised_key and
	// repeated_by_proxy have a meaning for it.
	Creates bool
	// Refusal is the vendor's refusal under HTTP 500. If it is nil, the fault refused_with_500 has
	// no meaning here.
	Refusal func(*Call) Response
	// Lists are the lists in the response. If there is none, odd_row has no meaning here.
	Lists []List
	// JSON describes the response. If it is nil, the response has no JSON body, and other_types and
	// byte_order_mark have no meaning here.
	JSON *JSON
	// Page marks a page that follows another endpoint of the same operation. Only faults that change
	// a JSON body apply to it.
	Page bool
}

// takes reports whether faults of that kind have a meaning for the endpoint.
func (e *Endpoint) takes(kind FaultKind) bool {
	switch kind {
	case NormalisedKey, RepeatedByProxy:
		return e.Creates
	case RefusedWith500:
		return e.Refusal != nil
	case OddRow:
		return len(e.Lists) > 0
	case OtherTypes, ByteOrderMark:
		return e.JSON != nil
	case SlowLookup:
		return false // taken when a record is added
	}
	return !e.Page
}

// operationsFor returns the operations for which faults of that kind have a meaning.
func (v *API) operationsFor(kind FaultKind) []string {
	names := []string{}
	for _, name := range v.Operations {
		for _, e := range v.endpoints {
			if e.Operation == name && (e.takes(kind) || kind == SlowLookup) {
				names = append(names, name)
				break
			}
		}
	}
	return names
}

// Serves declares an endpoint that [Engine.Dispatch] resolves.
func (v *API) Serves(endpoints ...Endpoint) { v.endpoints = append(v.endpoints, endpoints...) }

// NoContent returns a response function for a status without a body.
func NoContent(status int) func(*Call) Response {
	return func(*Call) Response { return Empty(status) }
}

// TooManyRequests is a response to too many requests, without a body.
func TooManyRequests(*Call) Response { return Empty(http.StatusTooManyRequests) }
