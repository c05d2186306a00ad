package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// yardstick commits one row of 1 KiB.
const yardstick = `INSERT INTO yardstick (id, body) VALUES (gen_random_uuid(), decode(repeat('5a', 1024), 'hex'));
`

// sessionsEnd is the time after which the sessions of pgbench have ended, and the postmaster counts
// their CPU time.
const sessionsEnd = 300 * time.Millisecond

// pgbench commits single rows on a server.
type pgbench struct {
	*server
	program, script string
}

func preparePgbench(ctx context.Context, s *server, folder string) (*pgbench, error) {
	b := &pgbench{server: s, program: s.Program("pgbench"), script: filepath.Join(folder, "yardstick.sql")}
	if err := os.WriteFile(b.script, []byte(yardstick), 0o600); err != nil {
		return nil, err
	}
	_, err := s.conn.Exec(ctx, "CREATE TABLE yardstick (id uuid PRIMARY KEY, body bytea NOT NULL)")
	return b, err
}

// commitRows lets pgbench commit single rows. It returns how many it commits in a second, and the
// CPU time of the server for each, in µs.
func (s *pgbench) commitRows(ctx context.Context, clients int, seconds float64) (perSecond, cpu float64, err error) {
	before, err := s.cpu()
	if err != nil {
		return 0, 0, err
	}
	command := exec.CommandContext(ctx, s.program, "-n", "-M", "prepared", "-c", strconv.Itoa(clients), "-T", strconv.Itoa(max(1, int(seconds))),
		"-f", s.script, s.dsn)
	text, err := command.CombinedOutput()
	if err != nil {
		return 0, 0, fmt.Errorf("%w: %s", err, bytes.TrimSpace(text))
	}
	time.Sleep(sessionsEnd)
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
