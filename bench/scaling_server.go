package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// server is the PostgreSQL server of -scaling.
type server struct {
	conn                 *pgx.Conn
	dsn, pgbench, script string
	postmaster           int
}

// counters are what the server has done since its start.
type counters struct {
	cpu             float64 // µs, of all its processes
	log             float64 // bytes of WAL
	pages           float64 // whole pages in the WAL
	syncs           float64 // of the WAL
	commits         float64
	tables, indexes float64 // bytes of the journal
}

// publishes is the time after which an idle session has published its syncs and commits.
const publishes = 11 * time.Second

// ends is the time after which the sessions of pgbench have ended, and the postmaster counts their
// CPU time.
const ends = 300 * time.Millisecond

// counters reads the counters.
func (s *server) counters(ctx context.Context) (c counters, err error) {
	err = s.conn.QueryRow(ctx, `
SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8,
  (SELECT wal_fpi::float8 FROM pg_stat_wal), (SELECT coalesce((to_jsonb(w) ->> 'wal_sync')::float8, 0) FROM pg_stat_wal w),
  (SELECT sum(xact_commit)::float8 FROM pg_stat_database),
  (SELECT sum(pg_table_size(oid))::float8 FROM pg_class WHERE relnamespace = 'enlist'::regnamespace AND relkind = 'r'),
  (SELECT sum(pg_indexes_size(oid))::float8 FROM pg_class WHERE relnamespace = 'enlist'::regnamespace AND relkind = 'r')`).
		Scan(&c.log, &c.pages, &c.syncs, &c.commits, &c.tables, &c.indexes)
	if err == nil {
		c.cpu, err = s.cpu()
	}
	return c, err
}

func (s *server) number(ctx context.Context, sql string) (n float64, err error) {
	err = s.conn.QueryRow(ctx, sql).Scan(&n)
	return n, err
}

// findPostmaster finds the parent of the session's process.
func (s *server) findPostmaster() error {
	fields, err := processStatus(int(s.conn.PgConn().PID()))
	if err == nil {
		s.postmaster, err = strconv.Atoi(fields[1])
	}
	return err
}

// processStatus returns the fields of /proc/PID/stat after the name.
func processStatus(pid int) ([]string, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil, err
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	return strings.Fields(rest), nil
}

// cpu returns the CPU time of the server, with its ended processes, in µs.
func (s *server) cpu() (float64, error) {
	folders, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return 0, err
	}
	var ticks int64
	for _, folder := range folders {
		pid, _ := strconv.Atoi(filepath.Base(folder))
		fields, err := processStatus(pid)
		if err != nil {
			continue // it has ended
		}
		own := fields[11:13]
		switch {
		case pid == s.postmaster:
			own = fields[11:15] // with the ended children
		case fields[1] != strconv.Itoa(s.postmaster):
			continue
		}
		for _, field := range own {
			n, err := strconv.ParseInt(field, 10, 64)
			if err != nil {
				return 0, err
			}
			ticks += n
		}
	}
	const tick = 10_000 // µs; USER_HZ is 100 on Linux
	return float64(ticks) * tick, nil
}

// commitRows lets pgbench commit single rows. It returns how many it commits in a second, and the
// CPU time of the server for each, in µs.
func (s *server) commitRows(ctx context.Context, clients int, seconds float64) (perSecond, cpu float64, err error) {
	before, err := s.cpu()
	if err != nil {
		return 0, 0, err
	}
	command := exec.CommandContext(ctx, s.pgbench, "-n", "-M", "prepared", "-c", strconv.Itoa(clients), "-T", strconv.Itoa(max(1, int(seconds))),
		"-f", s.script, s.dsn)
	text, err := command.CombinedOutput()
	if err != nil {
		return 0, 0, fmt.Errorf("%w: %s", err, bytes.TrimSpace(text))
	}
	time.Sleep(ends)
	after, err := s.cpu()
	if err != nil {
		return 0, 0, err
	}
	rows, err := numberAfter(text, "actually processed: ")
	if err != nil {
		return 0, 0, err
	}
	perSecond, err = numberAfter(text, "tps = ")
	return perSecond, (after - before) / rows, err
}

// numberAfter finds a number in what pgbench prints.
func numberAfter(text []byte, label string) (float64, error) {
	_, rest, found := bytes.Cut(text, []byte(label))
	if !found {
		return 0, fmt.Errorf("pgbench did not print %q", label)
	}
	end := bytes.IndexFunc(rest, func(r rune) bool { return r != '.' && (r < '0' || r > '9') })
	return strconv.ParseFloat(string(rest[:max(end, 0)]), 64)
}
