// Package journalsize measures a journal of millions of rows beside a nearly empty one: `make
// journal-size ROWS=2000000 STORE=sqlite`, or STORE=postgres.
//
// Both journals exist at once and are measured by turns, so that other load on the machine meets
// both alike. The figures are in docs/exactly-once.md.
//
// The package has tests only, and no other package imports it. They are skipped unless asked for.
package journalsize
