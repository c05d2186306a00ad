// Package journaltest is the one suite that every journal.Store passes.
//
// Each sentence in the comments of journal.Store is a case here, run against a real database. Some
// kinds of store do more than that interface: group commit, query plans, a lock on a file. Their
// own packages test that. The suite depends on no time shorter than milliseconds.
// Database.SetCreated makes records old.
//
// Only tests import it.
package journaltest
