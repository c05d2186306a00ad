package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// vendorTakes is how long the vendor takes for a create of a flood.
const vendorTakes = time.Second

// runFlood has many creates under way at once, at a vendor that takes a second for each, several times, and tells what each costs in memory and
// how much later than the vendor the answers come.
func (p *plan) runFlood(ctx context.Context, stage *stage) error {
	enlist, err := stage.startSlow(ctx)
	if err != nil {
		return err
	}
	create, _, err := grpcCalls(enlist.grpc)
	if err != nil {
		return err
	}
	if err := warmUp(ctx, create, 8); err != nil {
		return err
	}
	atRest, err := enlist.resident()
	if err != nil {
		return err
	}
	fmt.Printf("%d creates at once, the vendor takes %s; resident before: %.1f MiB\n\n", p.flood, vendorTakes, atRest/1024)
	fmt.Print("| round | failed | resident at most, MiB | KiB a create | p50 | p99 | added at p99, ms |\n|---|---|---|---|---|---|---|\n")
	for round := range p.rounds {
		most, latencies, failed := enlist.flooded(ctx, create, p.flood)
		p50, p99 := latencies[len(latencies)/2], latencies[len(latencies)*99/100]
		fmt.Printf("| %d | %d | %.1f | %.1f | %s | %s | %d |\n", round+1, failed, most/1024, (most-atRest)/float64(p.flood),
			p50.Round(time.Millisecond), p99.Round(time.Millisecond), (p99 - vendorTakes).Milliseconds())
	}
	return nil
}

// startSlow starts Enlist before a vendor that takes its time.
func (s *stage) startSlow(ctx context.Context) (*subject, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	at, err := freeAddresses(ctx, 4)
	if err != nil {
		return nil, err
	}
	if _, err := s.start(ctx, "vendor.log", []string{delayVariable + "=" + vendorTakes.String()}, self, "vendor", at[0]); err != nil {
		return nil, err
	}
	enlist, err := s.startEnlist(ctx, nil, "http://"+at[0], at[1], at[2], at[3])
	if err != nil {
		return nil, err
	}
	return enlist, waitFor(ctx, at...)
}

// flooded makes calls all at once. It returns the most memory that the server had meanwhile, in KiB, and the latencies in order.
func (s *subject) flooded(ctx context.Context, create call, count int) (most float64, latencies []time.Duration, failed int) {
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
	for i := range count {
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

// resident returns the memory of the process, in KiB.
func (s *subject) resident() (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.command.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	number, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	return strconv.ParseFloat(number, 64)
}
