package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/journal/postgres"
)

// replicas is the largest number of Enlist processes that -scaling measures.
const replicas = 4

// load is a number of callers at a number of replicas.
type load struct{ replicas, callers int }

func loads() []load { return []load{{1, 1}, {1, 16}, {1, 64}, {2, 64}, {4, 64}} }

// connections is how many sessions a load uses at once. A replica has 16 at most.
func (l load) connections() int { return min(l.callers, 16*l.replicas) }

// scaling is a run of -scaling.
type scaling struct {
	*plan
	server *pgbench
	store  *postgres.Store
	all    *subject
}

// runScaling measures what creations take of one PostgreSQL server: room, then time. The vendor
// responds at once. Each measurement of Enlist is followed by pgbench, which commits single rows
// over as many connections.
func (p *plan) runScaling(ctx context.Context, stage *stage) error {
	server, err := startPostgres(ctx)
	if err != nil {
		return err
	}
	defer server.Stop()
	vendor, err := stage.startVendor(ctx)
	if err != nil {
		return err
	}
	s := &scaling{plan: p}
	if s.all, err = stage.startEnlist(ctx, vendor, &enlist{name: "enlist", journal: journalIn(server), replicas: replicas, memory: true}); err != nil {
		return err
	}
	if s.server, err = preparePgbench(ctx, server, stage.folder); err != nil {
		return err
	}
	if s.store, err = postgres.Open(ctx, server.dsn, postgres.Options{}); err != nil {
		return err
	}
	defer s.store.Close()
	if err := s.room(ctx); err != nil {
		return err
	}
	return s.time(ctx)
}

// first returns the first processes of the subject.
func (s *subject) first(count int) *subject {
	return &subject{name: s.name, grpc: s.grpc[:count], stats: s.stats[:count], commands: s.commands[:count]}
}

// room measures the growth of the database: creations, the end of their payloads, and as many
// creations again.
func (s *scaling) room(ctx context.Context) error {
	create, _, err := grpcCalls(s.all.first(2).grpc)
	if err != nil {
		return err
	}
	fmt.Print("| after | creations | tables, MiB | indexes, MiB | growth, bytes | WAL, bytes | whole pages in the WAL | commits | syncs of the WAL |\n" +
		"|---|---|---|---|---|---|---|---|---|\n")
	before, err := s.server.counters(ctx)
	if err != nil {
		return err
	}
	fill := func() error { return createMany(ctx, create, 64, s.rows) }
	steps := []struct {
		name string
		held int // creations in the journal afterwards
		run  func() error
	}{
		{"creations", s.rows, fill},
		{"all payloads dropped", s.rows, func() error { return s.dropPayloads(ctx) }},
		{"as many creations again", 2 * s.rows, fill},
	}
	for _, step := range steps {
		if err := step.run(); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		time.Sleep(publishes)
		written, err := s.server.counters(ctx)
		if err != nil {
			return err
		}
		if _, err := s.server.conn.Exec(ctx, "VACUUM ANALYZE enlist.operations, enlist.exchanges, enlist.open"); err != nil {
			return err
		}
		after, err := s.server.counters(ctx)
		if err != nil {
			return err
		}
		rows, mib := float64(s.rows), float64(1<<20)
		fmt.Printf("| %s | %d | %.0f | %.0f | %.0f | %.0f | %.2f | %.2f | %.2f |\n", step.name, step.held, after.tables/mib, after.indexes/mib,
			(after.tables+after.indexes-before.tables-before.indexes)/rows, (written.log-before.log)/rows, (written.pages-before.pages)/rows,
			(written.commits-before.commits)/rows, (written.syncs-before.syncs)/rows)
		before = after
	}
	return s.server.printTables(ctx)
}

// createMany lets callers make exactly so many calls.
func createMany(ctx context.Context, create call, callers, count int) error {
	var group sync.WaitGroup
	var next atomic.Int64
	var failure atomic.Pointer[error]
	for range callers {
		group.Go(func() {
			for n := next.Add(1); n <= int64(count) && failure.Load() == nil; n = next.Add(1) {
				if err := create(ctx, n); err != nil {
					failure.CompareAndSwap(nil, &err)
				}
			}
		})
	}
	group.Wait()
	if first := failure.Load(); first != nil {
		return *first
	}
	return nil
}

// dropPayloads does what Enlist does when payload_retention is over.
func (s *scaling) dropPayloads(ctx context.Context) error {
	const limit = 1000
	for {
		dropped, _, err := s.store.Purge(ctx, "opencell", journal.Before{Payload: time.Now().Add(time.Hour)}, limit)
		if err != nil || dropped < limit {
			return err
		}
	}
}

// carried are the figures of one load in one round.
type carried struct{ perSecond, yardstick, enlist, database, perYardstick, log float64 }

// time measures the loads by turns.
func (s *scaling) time(ctx context.Context) error {
	all := loads()
	rounds := make([][]carried, len(all))
	for round := range s.rounds {
		for i := range all {
			at := (i + round) % len(all)
			made, err := s.carry(ctx, all[at])
			if err != nil {
				return err
			}
			rounds[at] = append(rounds[at], made)
		}
		average, _ := os.ReadFile("/proc/loadavg")
		_, _ = fmt.Fprintf(os.Stderr, "round %d of %d, load average %s", round+1, s.rounds, average)
	}
	fmt.Printf("\n%d rounds, %g s a load; min/median/max\n\n", s.rounds, s.seconds)
	fmt.Printf("| replicas, callers | creations a second | single rows a second | ratio | CPU of Enlist, µs | CPU of PostgreSQL, µs | " +
		"for a single row, µs | ratio | WAL, bytes |\n|---|---|---|---|---|---|---|---|---|\n")
	for i, l := range all {
		figure := func(format string, of func(carried) float64) string {
			values := make([]float64, len(rounds[i]))
			for j, made := range rounds[i] {
				values[j] = of(made)
			}
			return spread(format, values)
		}
		fmt.Printf("| %d, %d | %s | %s | %s | %s | %s | %s | %s | %s |\n", l.replicas, l.callers,
			figure("%.0f", func(c carried) float64 { return c.perSecond }),
			figure("%.0f", func(c carried) float64 { return c.yardstick }),
			figure("%.2f", func(c carried) float64 { return c.perSecond / c.yardstick }),
			figure("%.0f", func(c carried) float64 { return c.enlist }),
			figure("%.0f", func(c carried) float64 { return c.database }),
			figure("%.0f", func(c carried) float64 { return c.perYardstick }),
			figure("%.1f", func(c carried) float64 { return c.database / c.perYardstick }),
			figure("%.0f", func(c carried) float64 { return c.log }))
	}
	sessions, err := s.server.number(ctx, "SELECT count(*)::float8 FROM pg_stat_activity WHERE application_name = 'enlist' AND pid <> pg_backend_pid()")
	fmt.Printf("\n%.0f connections of %d replicas and of this program\n", sessions, replicas)
	return err
}

// carry measures one load, and then pgbench.
func (s *scaling) carry(ctx context.Context, l load) (made carried, err error) {
	enlist := s.all.first(l.replicas)
	create, _, err := grpcCalls(enlist.grpc)
	if err != nil {
		return made, err
	}
	numbered := newCustomer.Load()
	before, err := s.server.counters(ctx)
	if err != nil {
		return made, err
	}
	measured, err := enlist.measure(ctx, create, l.callers, s.seconds)
	if err != nil {
		return made, err
	}
	after, err := s.server.counters(ctx)
	if err != nil {
		return made, err
	}
	creations := float64(newCustomer.Load() - numbered) // with those of the warm-up
	made = carried{
		perSecond: measured.perSecond, enlist: measured.cpu, database: (after.cpu - before.cpu) / creations,
		log: (after.log - before.log) / creations,
	}
	made.yardstick, made.perYardstick, err = s.server.commitRows(ctx, l.connections(), s.seconds)
	return made, err
}

// printTables prints the size of each table of the journal.
func (s *server) printTables(ctx context.Context) error {
	rows, err := s.conn.Query(ctx, `SELECT relname, pg_table_size(oid) / 1048576.0, pg_indexes_size(oid) / 1048576.0
FROM pg_class WHERE relnamespace = 'enlist'::regnamespace AND relkind = 'r' ORDER BY 2 DESC`)
	if err != nil {
		return err
	}
	var name string
	var table, indexes float64
	fmt.Printf("\n| table | table, MiB | indexes, MiB |\n|---|---|---|\n")
	_, err = pgx.ForEachRow(rows, []any{&name, &table, &indexes}, func() error {
		fmt.Printf("| %s | %.1f | %.1f |\n", name, table, indexes)
		return nil
	})
	return err
}

// journalIn returns the configuration of a journal in a server.
func journalIn(server *server) string {
	return fmt.Sprintf("{postgres: {dsn: %q}, encryption_keys: [%q]}", server.dsn, base64.StdEncoding.EncodeToString(make([]byte, 32)))
}
