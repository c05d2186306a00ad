// Package examples has one small program for each language that calls Enlist, all the same. Its test runs them all against the demo server.
package examples
