package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

// plan says what to measure.
type plan struct {
	rounds         int
	flood          int
	rows           int
	idle           bool
	scaling, audit bool
	write          bool
	seconds        float64
	only, profile  string
	peers          string
	takes, within  time.Duration
}

// The subjects.
const (
	bareHandler    = "bare handler, nothing recorded"
	handSQLite     = "by hand, SQLite"
	enlistSQLite   = "Enlist, SQLite"
	handPostgres   = "by hand, PostgreSQL"
	enlistPostgres = "Enlist, PostgreSQL"
	audited        = "Enlist with audit, SQLite"
	river          = "River, PostgreSQL"
	dbos           = "DBOS, PostgreSQL"
)

// The kinds of calls.
const (
	create     = "create"
	get        = "get"
	restCreate = "REST create"
	restGet    = "REST get"
)

// series is one kind of call to one subject, by some callers at once.
type series struct {
	subject *subject
	kind    string
	callers int
	call    call
	rounds  []*figures
}

func (s *series) name() string {
	return fmt.Sprintf("%s, %s, %s", s.subject.name, s.kind, count(s.callers, "caller"))
}

// runRounds measures every series in each round, and then ends what it has measured.
func (p *plan) runRounds(ctx context.Context, stage *stage) error {
	commit, _ := exec.CommandContext(ctx, "git", "describe", "--always", "--dirty").Output()
	vendor, subjects, err := p.startAll(ctx, stage)
	if err != nil {
		return err
	}
	all, err := p.series(subjects)
	if err != nil {
		return err
	}
	profiled := make(chan error, 1)
	for round := range p.rounds {
		for i := range all {
			s := all[(i+round)%len(all)] // each round starts with another series
			if p.profile != "" && round == 0 {
				go func() { profiled <- s.subject.profile(ctx, p.profile, s.name(), p.seconds) }()
			} else {
				profiled <- nil
			}
			made, err := s.subject.measure(ctx, s.call, s.callers, p.seconds)
			err = errors.Join(err, <-profiled)
			if err != nil {
				return err
			}
			s.rounds = append(s.rounds, made)
			if strings.HasSuffix(s.kind, create) {
				s.subject.created += made.calls + s.callers*warmUpCalls
			}
		}
		average, _ := os.ReadFile("/proc/loadavg")
		_, _ = fmt.Fprintf(os.Stderr, "round %d of %d, load average %s", round+1, p.rounds, average)
	}
	results := &results{plan: p, commit: strings.TrimSpace(string(commit)), series: all, stored: map[string]float64{}}
	for _, s := range subjects {
		if s.file == "" && s.server == nil || s.created == 0 {
			continue
		}
		if results.stored[s.name], err = s.stored(ctx); err != nil {
			return err
		}
	}
	if p.only == "" && !p.audit {
		if results.killed, err = killAll(ctx, stage, vendor, subjects); err != nil {
			return err
		}
	}
	return p.publish(results)
}

// startAll starts the vendor and the subjects.
func (p *plan) startAll(ctx context.Context, stage *stage) (vendor string, subjects []*subject, err error) {
	if vendor, err = stage.startVendor(ctx); err != nil {
		return "", nil, err
	}
	add := func(made *subject, failure error) {
		if subjects = append(subjects, made); err == nil {
			err = failure
		}
	}
	withSQLite := &enlist{name: enlistSQLite, memory: true}
	if p.audit {
		add(stage.startEnlist(ctx, vendor, withSQLite))
		add(stage.startEnlist(ctx, vendor, &enlist{name: audited, memory: true, audited: true}))
		return vendor, subjects, err
	}
	add(stage.startBare(ctx, vendor))
	add(stage.startPart(ctx, vendor, part{name: handSQLite, program: stage.self, part: partSQLite}))
	add(stage.startEnlist(ctx, vendor, withSQLite))
	add(stage.startPart(ctx, vendor, part{name: handPostgres, program: stage.self, part: partPostgres, postgres: true}))
	server, failure := stage.startPostgres(ctx)
	if err = errors.Join(err, failure); err != nil {
		return "", nil, err
	}
	made, failure := stage.startEnlist(ctx, vendor, &enlist{name: enlistPostgres, journal: journalIn(server), memory: true})
	add(made, failure)
	if made != nil {
		made.server = server
	}
	if p.peers != "" {
		add(stage.startPart(ctx, vendor, part{name: dbos, program: p.peers, part: "dbos", postgres: true}))
		add(stage.startPart(ctx, vendor, part{name: river, program: p.peers, part: "river", postgres: true}))
	}
	return vendor, subjects, err
}

// callers are the numbers of callers of a creation.
func callers() []int { return []int{1, 16, 64} }

// series returns what to measure: creations of all subjects, and reads and REST where the subject
// stands for all of its kind.
func (p *plan) series(subjects []*subject) (chosen []*series, err error) {
	add := func(s *subject, kind string, callers int, call call) {
		made := &series{subject: s, kind: kind, callers: callers, call: call}
		if strings.Contains(made.name(), p.only) {
			chosen = append(chosen, made)
		}
	}
	for _, s := range subjects {
		creates, gets, err := grpcCalls(s.grpc)
		if err != nil {
			return nil, err
		}
		for _, count := range callers() {
			add(s, create, count, creates)
		}
		if s.name == bareHandler || s.name == enlistSQLite || s.name == audited {
			add(s, get, 64, gets)
		}
		if s.name == enlistSQLite && !p.audit {
			creates, gets := restCalls(s.rest)
			add(s, restCreate, 64, creates)
			add(s, restGet, 64, gets)
		}
	}
	if len(chosen) == 0 {
		return nil, fmt.Errorf("no series has %q in its name", p.only)
	}
	return chosen, nil
}

// stored returns the bytes that a creation takes in the database. For that it stops a subject with
// a file. The subject then copies the log into the file. It starts again with the kill.
func (s *subject) stored(ctx context.Context) (float64, error) {
	if s.server != nil {
		counters, err := s.server.counters(ctx)
		return (counters.tables + counters.indexes) / float64(s.created), err
	}
	if err := s.stop(); err != nil {
		return 0, fmt.Errorf("%s: %w", s.name, err)
	}
	info, err := os.Stat(s.file)
	if err != nil {
		return 0, err
	}
	return float64(info.Size()) / float64(s.created), nil
}
