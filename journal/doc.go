// Package journal is the durable record of creates: what was asked, how far each call to the vendor got, and how it ended.
//
// A Journal seals records and keeps them in a Store: package sqlite for one replica, package postgres for many. A store sees keys as
// hashes and payloads as ciphertext; nothing personal is on its disk in the clear but the principal, the provider's name and the
// request_id. Package journaltest is the one suite that both stores pass.
//
// The journal decides nothing: which state follows which is for package once. It guarantees that a record that was written is there
// after a crash, that a record is replaced only by who has seen its latest version, and that due work is claimed by one replica at
// a time, and again once that replica is dead.
package journal
