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

// maxReaders limits how many reads run at once. Reads are short and served from memory, so more
// readers would only wait for the processor.
const maxReaders = 4

// busyTimeout is how long a statement waits for a lock of another process, in milliseconds.
const busyTimeout = "5000"

// pragma is a setting of a connection, and the value that SQLite reports afterwards. Empty means
// any.
type pragma struct{ name, value, is string }

// Two pragmas are deliberately unset. The next creations fill the space that Purge frees. With
// auto_vacuum, every write of a row would have to maintain a map of pages. With mmap_size, a
// failing disk would kill the process instead of failing a read.
var (
	// common holds the settings of all connections.
	common = []pragma{ //nolint:gochecknoglobals // a constant
		{"busy_timeout", busyTimeout, busyTimeout}, // for backups and people with a shell; our own connections never wait for each other
		{"temp_store", "memory", "2"},
		// SQLite overwrites what it frees, so that nothing is left of an erased row. A creation frees no
		// page. A copy needs it, too: pages that SQLite only used to build it are in it.
		{"secure_delete", "on", "1"},
		{"trusted_schema", "off", "0"},
	}
	writerPragmas = append([]pragma{ //nolint:gochecknoglobals // a constant
		// For a new file. Each write of a creation touches a page of each index, and a commit writes
		// whole pages: with 4 KiB, one caller's creation writes half as much again.
		{"page_size", "1024", ""},
		{"journal_mode", "wal", "wal"},
		{"synchronous", "full", "2"},
		// The unit is KiB. The cache holds the upper levels of the indexes of some million rows. A
		// larger cache costs more time. After every commit that has split a page, SQLite scans the
		// whole cache. It does so until the file is larger than 1 GiB.
		{"cache_size", "-8192", "-8192"},
		// The log holds 4 MiB. A longer log copies fewer pages into the file, but no measurement
		// shows a gain. Writers wait longer during the copy.
		{"wal_autocheckpoint", "4096", "4096"},
		{"journal_size_limit", "67108864", "67108864"}, // SQLite shrinks a log that a long read made grow
	}, common...)
	readerPragmas = append([]pragma{ //nolint:gochecknoglobals // a constant
		{"query_only", "on", "1"},
		{"cache_size", "-8192", "-8192"},
	}, common...)
)

// connector opens connections and checks their settings. SQLite ignores a pragma that it does not
// know or cannot apply.
type connector struct {
	dsn     string
	pragmas []pragma
}

// openDB opens the file at a path. A relative path is one from the working directory.
func openDB(path string, pragmas []pragma, connections int) *sql.DB {
	if full, err := filepath.Abs(path); err == nil { // the driver then says what is wrong with the path
		path = full
	}
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
	if p.is != "" && got != p.is {
		return fmt.Errorf("SQLite sets %s to %q, and the journal needs %q. Put the file on a local disk", p.name, got, p.is)
	}
	return nil
}

// query returns the first value of the first row as text, or an empty text if there is no row.
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
