// Package journalsize measures a journal of millions of rows beside a nearly empty one: `make
// journal-size ROWS=2000000 STORE=sqlite`, or STORE=postgres.
//
// Both journals exist at once, and the test measures them in turns. So other load on the machine
// affects both alike. The figures are in docs/exactly-once.md.
//
// The package has tests only, and no other package imports it. The tests run only on request.
package journalsize
