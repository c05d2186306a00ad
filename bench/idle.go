package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// runIdle starts Enlist several times on the same journal. It prints the time until the first
// response, and the memory at rest.
func (p *plan) runIdle(ctx context.Context, stage *stage) error {
	var starts, memory []float64
	vendor, err := stage.startVendor(ctx)
	if err != nil {
		return err
	}
	for range p.rounds {
		enlist, err := stage.startEnlist(ctx, vendor, &enlist{name: "enlist"}) // builds Enlist; the time of this start does not count
		if err != nil {
			return err
		}
		took, resident, err := enlist.again(ctx, stage)
		if err != nil {
			return err
		}
		starts, memory = append(starts, took.Seconds()*1000), append(memory, resident/1024)
	}
	info, err := os.Stat(stage.binary())
	if err != nil {
		return err
	}
	fmt.Printf("%d starts; min/median/max: first answer after %s ms, resident at rest %s MiB; the binary is %.1f MiB\n",
		p.rounds, spread("%.0f", starts), spread("%.1f", memory), float64(info.Size())/(1<<20))
	return nil
}

// again stops the process and starts it again. It returns the time from there to the first
// response, and the memory at rest, in KiB.
func (s *subject) again(ctx context.Context, stage *stage) (took time.Duration, resident float64, err error) {
	if err := s.stop(); err != nil {
		return 0, 0, err
	}
	began := time.Now()
	if err := stage.restart(ctx, s); err != nil {
		return 0, 0, err
	}
	_, get, err := grpcCalls(s.grpc)
	if err != nil {
		return 0, 0, err
	}
	if err := get(ctx, 0); err != nil {
		return 0, 0, err
	}
	took = time.Since(began)
	time.Sleep(2 * time.Second)
	resident, err = s.resident()
	return took, resident, errors.Join(err, s.stop())
}
