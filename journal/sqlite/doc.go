// Package sqlite keeps the journal in one SQLite file, for one process: the default, which needs no server.
//
// One goroutine writes. It takes all writes that wait, runs them in one transaction and syncs the file once for all of them, so that
// many creates at once cost little more than one. Reads have connections of their own and never wait for a write.
//
// The file must be on a local disk: SQLite's locks and shared memory do not work over a network.
package sqlite
