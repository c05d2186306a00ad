// Package limit bounds the requests to a vendor: how many are in flight, and how many are sent in a
// second. A Gate does so for one process. A Fleet divides the limits of gates among the replicas
// that share a journal, so that the vendor never sees more than the configured limits.
//
// # How a fleet divides its limits
//
// Each replica has a share of each limit. All shares stand on a board, which is a text in the
// journal. Once a second, each replica reads the board, computes its share, and writes it:
//
//   - The shares follow the demand. Each replica gets what it needs, as far as the limit goes.
//     While one lacks something, none gets more than an equal part. The rest is divided equally.
//   - A replica reduces its share before it writes. It increases its share after it has written,
//     and only by what is free. So the sum of all shares never exceeds the limit.
//   - Requests in flight keep their slots until they end.
//   - Slots that cannot be divided equally are passed around, every two seconds.
//   - A replica whose entry on the board does not change for the length of a lease is dead, and its
//     share is free.
//   - A replica that cannot reach the journal keeps its last share. It creates no customers then.
//
// With several replicas, the shares amount to 97.5 % of the rate, because replicas that send at the
// same moment would exceed the limit for some seconds.
//
// Packages providers, vendorhttp, registry and cli import it.
package limit
