// Package journal is the durable record of creations: the request, every attempt at the vendor, and
// the outcome.
//
// A Journal seals records and keeps them in a Store. Package sqlite is the store for one replica,
// package postgres the store for many. A store sees keys as hashes and payloads as ciphertext. In
// the clear are only the principal, the provider's name, the request_id, states and times. Package
// journaltest is the suite that both stores pass.
//
// The journal guarantees three things. A record that was written is there after a crash. Only a
// writer that has seen the latest version of a record can replace it. One replica at a time claims
// due work, and another one claims it when that replica is dead: when its lease has ended, or when
// a lock on their host proves its death. The journal decides nothing: package once says which state
// follows which.
//
// Packages cli, once and server import it.
package journal
