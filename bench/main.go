package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run runs the part that the first argument names. Without an argument, it measures.
func run(ctx context.Context, arguments []string) error {
	parts := map[string]func(context.Context, string) error{
		"vendor": serveVendor, partBare: serveBare, partSQLite: serveSQLite, partPostgres: servePostgres,
	}
	if len(arguments) == 2 {
		if part, known := parts[arguments[0]]; known {
			return part(ctx, arguments[1])
		}
	}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	plan := plan{}
	flags.IntVar(&plan.rounds, "rounds", 30, "rounds; each measures every series once")
	flags.Float64Var(&plan.seconds, "seconds", 1, "how long each series is measured in a round")
	flags.IntVar(&plan.flood, "flood", 0, "instead: that many creates at once, at a vendor that takes its time")
	flags.DurationVar(&plan.takes, "takes", time.Second, "how long the vendor takes for a create of -flood")
	flags.DurationVar(&plan.within, "within", 0, "the time within which the creates of -flood begin, evenly; no more than -takes, for all to be under way at once")
	flags.BoolVar(&plan.idle, "idle", false, "instead: time from the start to the first answer, and memory at rest")
	flags.BoolVar(&plan.audit, "audit", false, "instead: Enlist with an audit stream to a file beside Enlist without")
	flags.BoolVar(&plan.scaling, "scaling", false, "instead: what creations take of one PostgreSQL server, which is started for it")
	flags.IntVar(&plan.rows, "rows", 200_000, "creations in each of the two fillings of -scaling")
	flags.StringVar(&plan.only, "only", "", "measure only series whose name holds this, such as \"SQLite, create, 64\"")
	flags.StringVar(&plan.profile, "profile", "", "folder that gets profiles of Enlist, CPU and allocations, for each of its series, in the first round")
	flags.StringVar(&plan.peers, "peers", "", "the program of bench/peers; measure its servers, too")
	flags.BoolVar(&plan.write, "write", false, "also write the tables to "+document+", from the repository's root")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "enlist-bench-")
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	stage := &stage{folder: folder, self: self}
	defer stage.end()
	switch {
	case plan.flood > 0:
		return plan.runFlood(ctx, stage)
	case plan.idle:
		return plan.runIdle(ctx, stage)
	case plan.scaling:
		return plan.runScaling(ctx, stage)
	}
	return plan.runRounds(ctx, stage)
}
