// Package vendorhttp makes the HTTP calls to all vendors: timeouts, pooled connections, size caps, no redirects, redaction,
// and a trace of how far each request got.
//
// Nothing is ever sent twice by this package, and nothing here knows a vendor. A request is NOT_SENT while no connection was
// ready for it, SENT as soon as one was and no whole answer has come, and ANSWERED when one has; whether that answer is the
// vendor's own words is for the adapter to say.
package vendorhttp
