// Package sizetest measures what a journal of millions of rows costs beside a nearly empty one. It holds a test only, which is skipped unless
// it is asked for: `make journal-size ROWS=2000000 STORE=sqlite`, or STORE=postgres.
//
// Both journals are there at once and are measured by turns, so that what else the machine does meets both alike. The figures are in
// docs/exactly-once.md.
package sizetest
