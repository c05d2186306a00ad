// Package testkit has what tests of several packages share: a buffer for logs, and a free address.
//
// Only tests import it. It imports nothing of Enlist.
package testkit
