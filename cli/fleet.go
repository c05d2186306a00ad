package cli

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/limit"
)

// shareLimits divides the limits of the providers among the replicas that share a journal, until
// leave is called. The fleet is nil if there are no other replicas.
func shareLimits(ctx context.Context, opened *journal.Journal, config *configv1.Journal, connected map[string]providers.Provider,
	log *slog.Logger,
) (fleet *limit.Fleet, leave func()) {
	if config.GetPostgres() == nil {
		return nil, func() {}
	}
	fleet = limit.NewFleet(limit.Options{
		Board: board{opened}, Replica: opened.Replica(), Lease: opened.LeaseLasts(), IsDead: opened.IsDead, Log: log,
	})
	fleet.Adopt(gatesOf(connected))
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	var running sync.WaitGroup
	running.Go(func() { fleet.Run(ctx) })
	return fleet, func() {
		stop()
		running.Wait()
	}
}

func gatesOf(connected map[string]providers.Provider) map[string]*limit.Gate {
	gates := map[string]*limit.Gate{}
	for name, provider := range connected {
		gates[name] = provider.Limits()
	}
	return gates
}

// board is the journal as the board of a fleet.
type board struct{ *journal.Journal }

// Read implements limit.Board.
func (b board) Read(ctx context.Context) ([]byte, error) { return b.Shares(ctx) }

// Replace implements limit.Board.
func (b board) Replace(ctx context.Context, old, text []byte) error {
	err := b.ReplaceShares(ctx, old, text)
	if errors.Is(err, journal.ErrConflict) {
		return limit.ErrConflict
	}
	return err
}
