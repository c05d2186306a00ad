// Package journaltest is the one suite that every journal.Store passes.
//
// Each sentence in the comments of journal.Store is a case here, run against a real database. What a kind of store can do beyond that
// interface (group commit, plans of queries, a lock on a file) is tested beside it. The suite keeps no time tighter than milliseconds:
// what must be old is made old through Database.SetCreated.
package journaltest
