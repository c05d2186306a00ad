package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"
)

// maxReaders is how many reads run at once: they are short and from memory, more would only queue for the processor.
const maxReaders = 4

// pragma is a setting of a connection, and what SQLite says of it afterwards.
type pragma struct{ name, value, is string }

// Not set on purpose: auto_vacuum (what Purge frees is filled again by the next creates; giving it back would make every write of a row
// keep a map of pages) and mmap_size (a failing disk would then kill the process, not fail a read).
var (
	// common are the settings of all connections.
	common = []pragma{ //nolint:gochecknoglobals // a constant
		{"busy_timeout", "5000", "5000"}, // for backups and people with a shell; nobody of ours waits for another
		{"temp_store", "memory", "2"},
		{"trusted_schema", "off", "0"},
	}
	writerPragmas = append([]pragma{ //nolint:gochecknoglobals // a constant
		{"journal_mode", "wal", "wal"},
		{"synchronous", "full", "2"},
		// KiB: the upper levels of the indexes of some million rows. More costs more: until the file is larger than 1 GiB, SQLite goes through
		// all of it after every commit that has split a page.
		{"cache_size", "-8192", "-8192"},
		// 4 MiB of log. A longer one copies fewer pages into the file, which shows in no figure; whoever writes meanwhile waits longer.
		{"wal_autocheckpoint", "1024", "1024"},
		{"journal_size_limit", "67108864", "67108864"}, // a log that a long read has made grow gives its space back
		{"secure_delete", "fast", "2"},                 // what is purged is overwritten where that costs no write of its own
	}, common...)
	readerPragmas = append([]pragma{ //nolint:gochecknoglobals // a constant
		{"query_only", "on", "1"},
		{"cache_size", "-8192", "-8192"},
	}, common...)
)

// connector opens connections that have checked their own settings: SQLite passes over a pragma that it does not know or cannot honour.
type connector struct {
	dsn     string
	pragmas []pragma
}

func openDB(path string, pragmas []pragma, connections int) *sql.DB {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/…
	}
	dsn := url.URL{Scheme: "file", Path: path}
	db := sql.OpenDB(&connector{dsn: dsn.String(), pragmas: pragmas})
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db
}

func (c *connector) Driver() driver.Driver { return &sqlite.Driver{} }

func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Driver().Open(c.dsn)
	if err != nil {
		return nil, err
	}
	for _, p := range c.pragmas {
		if err := set(ctx, conn, p); err != nil {
			conn.Close() //nolint:errcheck,gosec // the first error says it
			return nil, err
		}
	}
	return conn, nil
}

// set changes a setting and reads it back.
func set(ctx context.Context, conn driver.Conn, p pragma) error {
	if _, err := query(ctx, conn, "PRAGMA "+p.name+" = "+p.value); err != nil {
		return fmt.Errorf("cannot set %s: %w", p.name, err)
	}
	got, err := query(ctx, conn, "PRAGMA "+p.name)
	if err != nil {
		return fmt.Errorf("cannot read %s: %w", p.name, err)
	}
	if got != p.is {
		return fmt.Errorf("SQLite sets %s to %q, and the journal needs %q. Put the file on a local disk", p.name, got, p.is)
	}
	return nil
}

// query returns the first value of the first row as text; empty when there is none.
func query(ctx context.Context, conn driver.Conn, text string) (string, error) {
	rows, err := conn.(driver.QueryerContext).QueryContext(ctx, text, nil)
	if err != nil {
		return "", err
	}
	defer rows.Close() //nolint:errcheck // it was read
	values := make([]driver.Value, len(rows.Columns()))
	if len(values) == 0 || rows.Next(values) != nil {
		return "", nil
	}
	return fmt.Sprint(values[0]), nil
}
