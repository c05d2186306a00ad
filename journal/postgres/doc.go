// Package postgres keeps the journal in a PostgreSQL database, which any number of replicas share. It needs PostgreSQL 13 or later.
//
// # Durability
//
// A method that returns without an error has its change on the server's disk: every session runs with synchronous_commit = on (or
// remote_apply, where the operator has chosen that), whatever the DSN, the role or the server say. A server with fsync or
// full_page_writes off cannot keep that promise; Open logs a warning then.
//
// Replication is the operator's. With synchronous_standby_names set on the server, a commit also waits for those standbys, and a failover to
// one of them loses nothing. Without it, replication is asynchronous, and a failover may lose the last moments: creates that were sent
// and that the new primary has never heard of. Whoever fails over sets it. A DSN may name several hosts; only one that accepts writes
// is used.
//
// # Sharing
//
// Everything is in the schema "enlist", which is created if it is missing; the DSN's user needs rights on nothing else. Migrations run when
// a store is opened, one replica at a time, and only forward; a database that is newer than this version of Enlist is refused.
// A pooler in between must give each connection a session of its own (PgBouncer: pool_mode = session).
//
// Time is the server's. A replica is alive until the time that it last gave, a row is due by the same clock, and no replica's own clock
// counts. Should the server's clock have jumped, a due time or a life that ends more than an hour ahead is not believed.
//
// Every method is one statement in one round trip (the first of its kind on a connection: two), and finds what it needs by an index.
//
// Package cli imports it.
package postgres
