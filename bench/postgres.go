package main

import (
	"context"
	"path/filepath"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/enlist-dev/enlist/journal/postgres/postgrestest"
)

// server is a running PostgreSQL server. Its figures are those of all its processes.
type server struct {
	*postgrestest.Cluster
	conn       *pgx.Conn
	dsn        string
	postmaster int
}

// usual are PostgreSQL's own defaults, in place of the small values of postgrestest.
const usual = `
shared_buffers = 128MB
max_wal_size = 1GB
`

// startPostgres starts a PostgreSQL server.
func startPostgres(ctx context.Context) (*server, error) {
	cluster, err := postgrestest.Open(usual)
	if err != nil {
		return nil, err
	}
	s := &server{Cluster: cluster, dsn: cluster.DSN("postgres")}
	if s.conn, err = pgx.Connect(ctx, s.dsn); err == nil {
		err = s.findPostmaster()
	}
	if err != nil {
		cluster.Stop()
		return nil, err
	}
	return s, nil
}

// counters are what the server has done since its start.
type counters struct {
	cpu             float64 // µs, of all its processes
	log             float64 // bytes of WAL
	pages           float64 // whole pages in the WAL
	syncs           float64 // of the WAL
	commits         float64
	tables, indexes float64 // bytes
}

// publishes is the time after which an idle session has published its syncs and commits.
const publishes = 11 * time.Second

const systemSchemas = "'pg_catalog'::regnamespace, 'information_schema'::regnamespace"

// counters reads the counters.
func (s *server) counters(ctx context.Context) (c counters, err error) {
	err = s.conn.QueryRow(ctx, `
SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::float8,
  (SELECT wal_fpi::float8 FROM pg_stat_wal), (SELECT coalesce((to_jsonb(w) ->> 'wal_sync')::float8, 0) FROM pg_stat_wal w),
  (SELECT sum(xact_commit)::float8 FROM pg_stat_database),
  (SELECT coalesce(sum(pg_table_size(oid)), 0)::float8 FROM pg_class WHERE relkind = 'r' AND relnamespace NOT IN (`+systemSchemas+`)),
  (SELECT coalesce(sum(pg_indexes_size(oid)), 0)::float8 FROM pg_class WHERE relkind = 'r' AND relnamespace NOT IN (`+systemSchemas+`))`).
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

// processes returns the server's processes with the fields of their status.
func (s *server) processes() (map[int][]string, error) {
	folders, err := filepath.Glob("/proc/[0-9]*")
	found := map[int][]string{}
	for _, folder := range folders {
		pid, _ := strconv.Atoi(filepath.Base(folder))
		fields, err := processStatus(pid)
		if err != nil {
			continue // it has ended
		}
		if pid == s.postmaster || fields[1] == strconv.Itoa(s.postmaster) {
			found[pid] = fields
		}
	}
	return found, err
}

// cpu returns the CPU time of the server, with its ended processes, in µs.
func (s *server) cpu() (float64, error) {
	processes, err := s.processes()
	if err != nil {
		return 0, err
	}
	var sum float64
	for pid, fields := range processes {
		own := fields[11:13]
		if pid == s.postmaster {
			own = fields[11:15] // with the ended children
		}
		took, err := ticks(own)
		if err != nil {
			return 0, err
		}
		sum += took
	}
	return sum, nil
}
