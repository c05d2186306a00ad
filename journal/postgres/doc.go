// Package postgres keeps the journal in a PostgreSQL database that any number of replicas share. It
// needs PostgreSQL 13 or later.
//
// Package cli imports it.
//
// # Durability
//
// When a method returns without an error, its change is on the server's disk. Every statement that
// writes sets synchronous_commit = on for its own transaction, or keeps remote_apply if the
// operator chose that. No other value in the DSN, the role or the server has an effect. A server
// with fsync or full_page_writes off cannot keep that promise. Open then logs a warning.
//
// Replication is the operator's task. With synchronous_standby_names set on the server, a commit
// also waits for those standbys. A failover to one of them then loses nothing. Without it,
// replication is asynchronous. A failover may then lose the last moments: creations that Enlist
// sent and that the new primary does not know. A DSN may name several hosts. The store uses only
// one that accepts writes.
//
// So the store notices another database (identity.go). The journal has the identity of its
// database: PostgreSQL's system identifier, the id of the table of records, and the timeline.
// Whenever the server may be another one, the store compares them, and opens a gap if records may
// be lost. A server is known by the time of its start. Each statement that writes the state INTENT
// has the start of the identified server as a condition. Otherwise it writes nothing, the store
// identifies the server, and tries again. This holds behind a pooler or a balancer, too, which may
// change the server without a new connection. A promoted standby keeps its start, but none was
// identified before. The common creation costs no round trip more. Heartbeats carry the latest gap
// to each replica. A replica also remembers the timeline that it verified. If the database then has
// an older one stored, a promotion was taken back, and a gap opens, also under Synchronous.
//
// If something ends the wait for a standby, the primary has the commit, and the standby may not. An
// administrator can cancel the wait: the server then reports success and a warning. A write that
// draws a warning returns an error. An administrator can also end the session, and the server can
// crash or restart. The transaction is then visible, and no response tells that it waited.
//
// So what a method returns is durable, too (durable.go). Each row that a statement only reads comes
// with the transaction that wrote it. The store knows the snapshot of its latest durable write,
// usually a heartbeat. Every transaction that had ended in that snapshot is durable, since its
// commit comes earlier in the log. For a later row, the store first makes a durable write of its
// own, a barrier. It returns the row after that. The barrier must reach the server that returned
// the row. Readers share barriers that begin after their reads. Count returns only a number, and
// does without.
//
// A creation of a new request costs no barrier. A repeated request costs one if the record is newer
// than the heartbeat. While a long transaction runs anywhere on the server, snapshots show no later
// transaction as ended. Reads of newer rows then cost a barrier each.
//
// # Sharing
//
// Everything is in the schema "enlist", which Open creates if it is missing. The DSN's user needs
// no other rights. Migrations run when a store is opened, one replica at a time, and only forward.
// Open refuses a database that is newer than this version of Enlist.
//
// A pooler may give each connection a session of its own (PgBouncer: pool_mode = session), or each
// transaction (pool_mode = transaction). The store sees a pooler when a connection opens, because
// the process id that it got then is not the session's. Statements behind a pooler have no name.
// They bring their settings in the same round trip. A migration takes two sessions of the pooler.
//
// Time is the server's. A replica is alive until the time that it last wrote, and a row is due by
// the same clock. No replica's own clock counts. If the server's clock has jumped, a due time or an
// end of life may be over an hour ahead. Such a row counts as due, and such a replica as dead.
//
// Every method is one statement and finds its rows by an index. It takes one round trip, or two for
// the first of its kind on a connection. A barrier is one more. An insert that meets a conflict
// takes one or two more to find its cause.
//
// Inserts share statements, and so do updates that end a creation (together.go). A write that is
// alone starts at once. Those that come meanwhile wait for its end, and then go together.
// PostgreSQL runs and commits one statement for all of them. Each has its own conditions and its
// own result. If the server rolls a statement back because of one row, each caller makes its own
// write apart. A statement that takes long does not stop the next.
package postgres
