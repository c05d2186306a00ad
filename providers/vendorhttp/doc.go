// Package vendorhttp sends the HTTP requests to all vendors: timeouts, pooled connections, size
// caps, no redirects, redaction, limits, a circuit breaker, a rest for rejected credentials, and a
// trace of how far each request got.
//
// The package never sends a request twice, and knows no vendor. A request is NOT_SENT while no
// connection was ready for it, SENT once one was and no whole response has arrived, and ANSWERED
// when one has. Whether that response is the vendor's own words is for the adapter to say.
//
// The adapters import it.
package vendorhttp
