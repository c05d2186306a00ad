package engine

// FaultKind is a way to fail.
type FaultKind string

// The kinds of fault.
const (
	// Latency waits delay_ms, then does the work and responds.
	Latency FaultKind = "latency"
	// Status500 responds with 500 in the vendor's form. Nothing is done.
	Status500 FaultKind = "status_500"
	// Status429 responds with 429 and Retry-After: 1. Nothing is done.
	Status429 FaultKind = "status_429"
	// DropBefore closes the connection. Nothing is done. Go's HTTP client repeats a GET that is
	// dropped on a connection used before.
	DropBefore FaultKind = "drop_before"
	// DropAfter does the work, then closes the connection without a response.
	DropAfter FaultKind = "drop_after"
	// Truncated does the work, sends half of the response under a Content-Length that promises more,
	// then closes the connection.
	Truncated FaultKind = "truncated"
	// Malformed does the work and responds with 200 and a body that does not parse.
	Malformed FaultKind = "malformed"
	// ErrorButCreated does the work and responds with the vendor's error.
	ErrorButCreated FaultKind = "error_but_created"
	// ExpiredCredentials refuses the request in the vendor's way. A token or session is invalid from
	// then on. A key that never expires (Sell&Sign, Caliq, Avvio) is refused for this request only, as
	// there is no way to renew it.
	ExpiredCredentials FaultKind = "expired_credentials"
	// SlowLookup hides the next new record from look-ups for delay_ms. It waits for a creation,
	// whatever operation it names, and goes together with any other fault of that request.
	SlowLookup FaultKind = "slow_lookup"
	// NormalisedKey creates the customer under another form of its key: see [KeyForm]. The response,
	// later reads and lists show that form, and look-ups find the record under it and under every key
	// that the form turns into it. At Avvio, which has no key of the caller's, it changes the names
	// and the email's case.
	NormalisedKey FaultKind = "normalised_key"
	// RepeatedByProxy carries the creation out twice, as if a proxy had repeated the request, and
	// sends the second response. One record results.
	RepeatedByProxy FaultKind = "repeated_by_proxy"
	// RefusedWith500 responds with the vendor's own refusal under HTTP 500. Nothing is done.
	RefusedWith500 FaultKind = "refused_with_500"
	// OddRow does the work and adds one row of another customer, of odd types, to each list in the
	// response. The kind of oddness changes with each use.
	OddRow FaultKind = "odd_row"
	// OtherTypes does the work and sends members of the response as other JSON types. Members that
	// identify the customer keep their value, but an id may change between number and text. The types
	// change with each use.
	OtherTypes FaultKind = "other_types"
	// ByteOrderMark does the work and sends a byte-order mark before the JSON body.
	ByteOrderMark FaultKind = "byte_order_mark"
)

// FaultKinds returns all kinds.
func FaultKinds() []FaultKind { return append(generalKinds(), selectiveKinds()...) }

// generalKinds have a meaning for every operation.
func generalKinds() []FaultKind {
	return []FaultKind{
		Latency, Status500, Status429, DropBefore, DropAfter, Truncated,
		Malformed, ErrorButCreated, ExpiredCredentials, SlowLookup,
	}
}

// selectiveKinds have a meaning for some operations only: see [Endpoint].
func selectiveKinds() []FaultKind {
	return []FaultKind{NormalisedKey, RepeatedByProxy, RefusedWith500, OddRow, OtherTypes, ByteOrderMark}
}

// works reports whether the vendor does its work in spite of the fault.
func (k FaultKind) works() bool {
	return k != Status500 && k != Status429 && k != DropBefore && k != RefusedWith500
}
