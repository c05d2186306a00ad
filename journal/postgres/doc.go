// Package postgres keeps the journal in a PostgreSQL database that any number of replicas share. It
// needs PostgreSQL 13 or later.
//
// Package cli imports it.
//
// # Durability
//
// When a method returns without an error, its change is on the server's disk. Every session runs
// with synchronous_commit = on, or remote_apply if the operator chose that. No other value in the
// DSN, the role or the server has an effect. A server with fsync or full_page_writes off cannot
// keep that promise. Open then logs a warning.
//
// Replication is the operator's task. With synchronous_standby_names set on the server, a commit
// also waits for those standbys. A failover to one of them then loses nothing. Without it,
// replication is asynchronous. A failover may then lose the last moments: creations that Enlist
// sent and that the new primary does not know. An operator who plans a failover sets it. A DSN may
// name several hosts. The store uses only one that accepts writes.
//
// # Sharing
//
// Everything is in the schema "enlist", which Open creates if it is missing. The DSN's user needs
// no other rights. Migrations run when a store is opened, one replica at a time, and only forward.
// Open refuses a database that is newer than this version of Enlist. A pooler must give each
// connection a session of its own (PgBouncer: pool_mode = session).
//
// Time is the server's. A replica is alive until the time that it last wrote, and a row is due by
// the same clock. No replica's own clock counts. If the server's clock has jumped, a due time or an
// end of life may be over an hour ahead. Such a row counts as due, and such a replica as dead.
//
// Every method is one statement and finds its rows by an index. It takes one round trip, or two for
// the first of its kind on a connection.
package postgres
