// Package vendorhttp sends the HTTP requests to all vendors. It provides timeouts, pooled
// connections, size limits, redaction, rate limits, a circuit breaker and a pause for rejected
// credentials. It follows no redirect, and records how far each request got.
//
// The package never sends a request twice, and knows no vendor. A request is NOT_SENT until a
// connection is ready for it. It is then SENT until a complete response arrives, and ANSWERED after
// that. The adapter decides whether that response is the vendor's own.
//
// The adapters import it.
package vendorhttp
