// Package sandbox emulates the HTTP APIs of the vendors on one address. It stores what it is
// sent, checks credentials, sends the documented successes and failures, and fails on demand.
//
//	server := httptest.NewServer(sandbox.New())
//	// a provider's base_url is server.URL; the vendors' own paths follow it
//
// One [Sandbox] is one closed world: records, sessions and ordered faults live in memory, under one
// lock, and end with it. It keeps everything it is sent until DELETE /sandbox/records, so it is a
// place for tests and demonstrations, never for real customers.
//
// Beside the vendors' own paths it serves these control endpoints:
//
//	GET    /sandbox              what is here, and the demo credentials
//	GET    /sandbox/records      what each vendor holds, and how often each key was created
//	DELETE /sandbox/records      forget all records (sessions stay valid)
//	POST   /sandbox/faults       order a fault: {vendor, operation, kind, times, delay_ms, form}
//	GET    /sandbox/faults       the faults still pending
//	DELETE /sandbox/faults       withdraw them
//	POST   /sandbox/contractors  give a Sell&Sign customer more contractors: {number, count}
//
// The kinds of fault are the [FaultKind] constants. Some have a meaning for some operations only.
// An order for another operation is refused with 400 and the operations for which the kind works,
// and GET /sandbox lists them under fault_operations. A fault for the operation "*" waits for the
// first request where it has a meaning.
//
// Each vendor is a package below this one, and what they share is the package engine. A new vendor
// is one such folder and one line in the list of vendors in this package.
//
// The vendors' published documents are the only source of what the sandbox does. The package shares
// no code with the adapters that call these APIs, so that each reading checks the other. Where a
// document is silent, a comment says what is assumed. Often a setting of the vendor gives the other
// choice: see [With].
//
// Package cli and tests import it.
package sandbox
