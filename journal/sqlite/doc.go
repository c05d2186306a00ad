// Package sqlite keeps the journal in one SQLite file, for one process. It is the default, and
// needs no server.
//
// One goroutine writes. It runs all waiting writes in one transaction and syncs the file once for
// all of them. So many concurrent creations cost little more than one. Reads have connections of
// their own and never wait for a write.
//
// The file must be on a local disk. SQLite's locks and shared memory do not work over a network.
//
// Package cli imports it.
package sqlite
