// Package testkit has what tests of several packages share: a buffer for logs, a free address, a
// count of times, and a wait for a condition.
//
// Only tests import it. It imports nothing of Enlist.
package testkit
