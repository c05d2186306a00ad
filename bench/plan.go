package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/enlist-dev/enlist/journal/postgres/postgrestest"
)

// plan says what to measure.
type plan struct {
	rounds, callers int
	flood           int
	rows            int
	idle, postgres  bool
	scaling, audit  bool
	seconds         float64
	only, profile   string
	takes, within   time.Duration
}

// series is one kind of call to one subject.
type series struct {
	name    string
	subject *subject
	call    call
	rounds  []*figures
}

func (p *plan) runPairs(ctx context.Context, stage *stage) error {
	journal, replicas := "", 1
	if p.postgres {
		cluster, err := postgrestest.Open()
		if err != nil {
			return err
		}
		defer cluster.Stop()
		journal = journalIn(cluster)
		replicas = 2
	}
	subjects, err := stage.startAll(ctx, journal, replicas, p.audit)
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
			s := &all[(i+round)%len(all)] // each round starts with another series
			if p.profile != "" && round == 0 {
				go func() { profiled <- s.subject.profile(ctx, p.profile, s.name, p.seconds) }()
			} else {
				profiled <- nil
			}
			made, err := s.subject.measure(ctx, s.call, p.callers, p.seconds)
			err = errors.Join(err, <-profiled)
			if err != nil {
				return err
			}
			s.rounds = append(s.rounds, made)
		}
		_, _ = fmt.Fprintf(os.Stderr, "round %d of %d\n", round+1, p.rounds)
	}
	_, err = fmt.Print(report(p, all))
	return err
}

func (p *plan) series(subjects []*subject) ([]series, error) {
	var all []series
	for _, s := range subjects {
		if s.grpc != nil {
			create, get, err := grpcCalls(s.grpc)
			if err != nil {
				return nil, err
			}
			all = append(all, series{name: s.name + ", gRPC create", subject: s, call: create}, series{name: s.name + ", gRPC get", subject: s, call: get})
		}
		if s.rest != nil {
			create, get := restCalls(s.rest)
			all = append(all, series{name: s.name + ", REST create", subject: s, call: create}, series{name: s.name + ", REST get", subject: s, call: get})
		}
	}
	if p.only == "" {
		return all, nil
	}
	var chosen []series
	for _, s := range all {
		if strings.Contains(s.name, p.only) {
			chosen = append(chosen, s)
		}
	}
	return chosen, nil
}
