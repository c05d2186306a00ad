// Package sandbox emulates the HTTP APIs of the five vendors on one address:
// it holds what it is sent, checks credentials, answers the documented
// successes and failures, and fails on demand.
//
//	server := httptest.NewServer(sandbox.New())
//	// a provider's base_url is server.URL; the vendors' own paths follow it
//
// One [Sandbox] is one closed world: records, sessions and ordered faults live
// in memory, under one lock, and end with it. It keeps everything it is sent
// until DELETE /sandbox/records, so it is a place for tests and demonstrations,
// never for real customers.
//
// Beside the vendors' own paths it answers, for whoever drives a test,
//
//	GET    /sandbox              what is here, and the demo credentials
//	GET    /sandbox/records      what each vendor holds, and how often each key was created
//	DELETE /sandbox/records      forget all records (sessions stay valid)
//	POST   /sandbox/faults       order a fault: {vendor, operation, kind, times, delay_ms}
//	GET    /sandbox/faults       the faults still pending
//	DELETE /sandbox/faults       withdraw them
//	POST   /sandbox/contractors  give a Sell&Sign customer more contractors: {number, count}
//
// What may enter: the vendors' published documents, read anew here. The package
// shares no code with the adapters that call these APIs, so that each reading
// checks the other. Where a document is silent, a comment says what is assumed,
// and often an [Option] gives the other answer.
package sandbox
