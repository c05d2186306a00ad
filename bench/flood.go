package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// runFlood measures many creations that are in progress at once, several times. The vendor takes a
// fixed time for each. runFlood prints the memory per creation, and how much later than the vendor
// the server responds. It prints the same for the bare server, to show what the machine can do.
func (p *plan) runFlood(ctx context.Context, stage *stage) error {
	vendor, err := stage.startVendor(ctx, delayVariable+"="+p.takes.String())
	if err != nil {
		return err
	}
	ours, err := stage.startEnlist(ctx, vendor, &enlist{name: "enlist"})
	if err != nil {
		return err
	}
	theirs, err := stage.startBare(ctx, vendor)
	if err != nil {
		return err
	}
	var all []*flooding
	for _, server := range []*subject{ours, theirs} {
		one, err := readyForFlood(ctx, server)
		if err != nil {
			return err
		}
		all = append(all, one)
	}
	fmt.Printf("%d creates that begin within %s, the vendor takes %s\n\n", p.flood, p.within, p.takes)
	fmt.Print("| round | server | failed | resident before, at most, MiB | KiB a create | p50 | p99 | added at p99, ms |\n|---|---|---|---|---|---|---|---|\n")
	for round := range p.rounds {
		for _, one := range all {
			most, latencies, failed := one.server.flooded(ctx, one.create, p.flood, p.within)
			p50, p99 := latencies[len(latencies)/2], latencies[len(latencies)*99/100]
			fmt.Printf("| %d | %s | %d | %.1f, %.1f | %.1f | %s | %s | %d |\n", round+1, one.server.name, failed, one.atRest/1024, most/1024,
				(most-one.atRest)/float64(p.flood), p50.Round(time.Millisecond), p99.Round(time.Millisecond), (p99 - p.takes).Milliseconds())
		}
	}
	return nil
}

// flooding is a server that is ready for a flood.
type flooding struct {
	server *subject
	create call
	atRest float64 // resident before, in KiB
}

func readyForFlood(ctx context.Context, server *subject) (*flooding, error) {
	create, _, err := grpcCalls(server.grpc)
	if err != nil {
		return nil, err
	}
	if err := warmUp(ctx, create, 8, 3); err != nil {
		return nil, err
	}
	atRest, err := server.resident()
	return &flooding{server, create, atRest}, err
}

// flooded starts calls evenly within a time. It returns the server's peak memory during the calls,
// in KiB, and the sorted latencies.
func (s *subject) flooded(ctx context.Context, create call, count int, within time.Duration) (most float64, latencies []time.Duration, failed int) {
	latencies = make([]time.Duration, count)
	failures := make([]error, count)
	var calls, watching sync.WaitGroup
	done := make(chan struct{})
	watching.Go(func() {
		for {
			if now, err := s.resident(); err == nil {
				most = max(most, now)
			}
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	})
	start := time.Now()
	for i := range count {
		time.Sleep(time.Until(start.Add(within / time.Duration(count) * time.Duration(i))))
		calls.Go(func() {
			began := time.Now()
			failures[i] = create(ctx, int64(i))
			latencies[i] = time.Since(began)
		})
	}
	calls.Wait()
	close(done)
	watching.Wait()
	for _, err := range failures {
		if err != nil {
			failed++
			if failed == 1 {
				fmt.Println(err)
			}
		}
	}
	slices.Sort(latencies)
	return most, latencies, failed
}
