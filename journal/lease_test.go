package journal_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/enlist-dev/enlist/journal"
)

// heart is a store that counts heartbeats and keeps secrets.
type heart struct {
	journal.Store
	mutex  sync.Mutex
	err    error
	beats  []time.Duration
	secret []byte
	// meanwhile is the value that another replica writes just before a ReplaceSecret.
	meanwhile []byte
	closed    bool
}

func (h *heart) Gap() journal.Gap { return journal.Gap{} }

func (h *heart) Beat(_ context.Context, _ string, alive time.Duration) error {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if h.err == nil {
		h.beats = append(h.beats, alive)
	}
	return h.err
}

// heard returns the heartbeats so far.
func (h *heart) heard() []time.Duration {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return slices.Clone(h.beats)
}

func (h *heart) stop(err error) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.err = err
}

func (h *heart) Secret(_ context.Context, _ string, initial []byte) ([]byte, error) {
	if h.secret == nil {
		h.secret = initial
	}
	return h.secret, nil
}

func (h *heart) ReplaceSecret(_ context.Context, _ string, old, value []byte) error {
	if h.meanwhile != nil {
		h.secret, h.meanwhile = h.meanwhile, nil
	}
	if !bytes.Equal(h.secret, old) {
		return journal.ErrConflict
	}
	h.secret = value
	return nil
}

func (h *heart) KeyIDs(context.Context) ([]uint32, error) { return nil, nil }

func (h *heart) CountEarlier(context.Context) (int, error) { return 0, nil }

func (h *heart) Earlier(context.Context, *journal.EarlierRow, int) ([]*journal.EarlierRow, error) {
	return nil, nil
}

func (h *heart) Close() error {
	h.closed = true
	return nil
}

func TestLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &heart{}
		j, err := journal.New(t.Context(), h, journal.Options{
			Keys: [][]byte{key('a')}, Replica: "a", Lease: 8 * time.Second, Log: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			t.Fatal(err)
		}
		if beats := h.heard(); len(beats) != 1 || beats[0] != 8*time.Second || !j.Holds(j.Lease()) {
			t.Fatalf("beats %v before New returns, alive %v", beats, j.Holds(j.Lease()))
		}
		time.Sleep(9 * time.Second)
		synctest.Wait()
		if beats := h.heard(); len(beats) != 5 || !j.Holds(j.Lease()) {
			t.Fatalf("beats %v after 9 s, alive %v", beats, j.Holds(j.Lease()))
		}
		before := j.Lease()
		h.stop(errors.New("the database is away"))
		time.Sleep(4 * time.Second) // 5 s since the last heartbeat
		if !j.Holds(j.Lease()) {
			t.Fatal("not alive with 3 s of 8 left")
		}
		time.Sleep(time.Second) // 6 s: a quarter of the lease remains
		if j.Holds(j.Lease()) {
			t.Fatal("alive with a quarter left")
		}
		h.stop(nil)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if !j.Holds(j.Lease()) {
			t.Fatal("not alive again")
		}
		if j.Holds(before) {
			t.Fatal("a lease with a gap in it still holds")
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		beats := h.heard()
		if last := beats[len(beats)-1]; last != 0 || !h.closed || j.Holds(j.Lease()) {
			t.Fatalf("last beat %v, closed %v, alive %v", last, h.closed, j.Holds(j.Lease()))
		}
		time.Sleep(time.Minute)
		if err := j.Close(); err != nil || len(h.heard()) != len(beats) {
			t.Fatalf("%v; %d beats after the end", err, len(h.heard())-len(beats))
		}
	})
}

func TestNoFirstBeat(t *testing.T) {
	h := &heart{err: errors.New("the database is away")}
	_, err := journal.New(t.Context(), h, journal.Options{Keys: [][]byte{key('a')}, Replica: "a"})
	if !errors.Is(err, h.err) || !h.closed {
		t.Fatalf("%v, closed %v", err, h.closed)
	}
}

// Two replicas start at once with a new first key. Both end with the same index key.
func TestIndexKeyIsResealedMeanwhile(t *testing.T) {
	h := &heart{}
	start := func(letters string) {
		t.Helper()
		var keys [][]byte
		for _, letter := range []byte(letters) {
			keys = append(keys, key(letter))
		}
		j, err := journal.New(t.Context(), h, journal.Options{Keys: keys, Replica: letters})
		if err != nil {
			t.Fatal(err)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
	start("a")
	before := h.secret
	start("ba")
	after := h.secret
	h.secret, h.meanwhile = before, after
	start("ba")
	if !bytes.Equal(h.secret, after) {
		t.Error("what the other replica has written was overwritten")
	}
}
