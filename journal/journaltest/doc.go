// Package journaltest is the one suite that every journal.Store passes.
//
// Each sentence in the comments of journal.Store is a case here, run against a real database. What
// one kind of store can do beyond that interface (group commit, query plans, a lock on a file) is
// tested beside it. The suite depends on no time shorter than milliseconds. Database.SetCreated
// makes records old.
//
// Only tests import it.
package journaltest
