package vendorhttp

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/enlist-dev/enlist/internal/memory"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/wire"
)

const (
	// fromRoom is the size from which a response reserves memory, in bytes. Decoded, a smaller one
	// needs no more than the rest of its call.
	fromRoom = 8 << 10
	// withoutLimit stands for the memory limit of a process that has none.
	withoutLimit = 4 << 30
	// decodedShare and bodyShare are the parts of the memory limit that decoded responses and their
	// bodies may use: a half and an eighth. full is the percentage of the limit up to which a
	// response is decoded.
	decodedShare, bodyShare, full = 2, 8, 85
	// measureEvery and collectEvery are the pauses while a response waits for memory.
	measureEvery, collectEvery = 50 * time.Millisecond, time.Second

	// perByte and perValue estimate the memory of a decoded response, by the bytes of its body and
	// by its JSON values. Most of it is the vendor record (measured: 168 bytes a value), and then
	// the message (70). The rest is the body, the texts in both, and the encoded response to the
	// caller.
	perByte, perValue = 6, 300
)

// errNoRoom is the reason why a large response was not read or decoded. It is no evidence about the
// vendor.
var errNoRoom = errors.New("other large responses use all memory reserved for them")

// needsMore is the error of a response that needs more memory than there is for all of them.
type needsMore struct{ needs, most int64 }

// Error names both sizes.
func (e *needsMore) Error() string {
	return fmt.Sprintf("needs about %d MiB of memory, and large responses may use %d MiB", e.needs>>20, e.most>>20)
}

// Unwrap returns errNoRoom.
func (e *needsMore) Unwrap() error { return errNoRoom }

// room is the memory for large vendor responses, in bytes. A response waits for room for its body,
// and then, when that has arrived, for room to decode it. What is decoded keeps its room until the
// call to Enlist has ended. It never waits for room for a body, so responses do not wait for each
// other in a circle.
type room struct {
	limit                     uint64
	bodies, decoded           *semaphore.Weighted
	mostOfBodies, mostDecoded int64
	reserved                  atomic.Int64        // of decoded
	turn                      *semaphore.Weighted // for the one response that waits until memory is free
	used                      func() uint64
}

// processRoom returns the room that all clients share, because the limit is the process's.
var processRoom = sync.OnceValue(func() *room { return newRoom(memory.Limit()) }) //nolint:gochecknoglobals // said above

// newRoom returns the room in a process with a memory limit, or with none if the limit is 0.
func newRoom(limit uint64) *room {
	share := int64(cmp.Or(limit, withoutLimit)) //nolint:gosec // far below the greatest
	r := &room{
		limit: limit, mostOfBodies: max(share/bodyShare, MaxResponse), mostDecoded: share / decodedShare,
		turn: semaphore.NewWeighted(1), used: memory.Used,
	}
	r.bodies, r.decoded = semaphore.NewWeighted(r.mostOfBodies), semaphore.NewWeighted(r.mostDecoded)
	return r
}

// forBody reserves memory for a body until free is called.
func (r *room) forBody(ctx context.Context, size int64) (free func(), err error) {
	size = min(size, r.mostOfBodies)
	if err := acquire(ctx, r.bodies, size); err != nil {
		return nil, err
	}
	return func() { r.bodies.Release(size) }, nil
}

// forDecoded reserves memory to decode a body until free is called.
func (r *room) forDecoded(ctx context.Context, body []byte) (free func(), err error) {
	size := decodedSize(body)
	if size > r.mostDecoded {
		return nil, &needsMore{size, r.mostDecoded}
	}
	return r.decode(ctx, size)
}

// forValue is forDecoded for a large value in a stream.
func (r *room) forValue(ctx context.Context) (free func(), err error) {
	return r.decode(ctx, min(wire.MaxValue*perByte, r.mostDecoded))
}

// decodedSize estimates the memory of a decoded JSON body. Each value follows a comma, or starts an
// object or a list.
func decodedSize(body []byte) int64 {
	values := bytes.Count(body, []byte(",")) + bytes.Count(body, []byte("{")) + bytes.Count(body, []byte("["))
	return perByte*int64(len(body)) + perValue*int64(values)
}

// decode reserves memory for what is decoded. It also waits until the process has this memory,
// because others may use it: responses to callers that read slowly, for example.
func (r *room) decode(ctx context.Context, size int64) (free func(), err error) {
	holds := providers.CallOf(ctx).Holds()
	if !holds {
		if err := acquire(ctx, r.turn, 1); err != nil {
			return nil, err
		}
		defer r.turn.Release(1)
	}
	if err := acquire(ctx, r.decoded, size); err != nil {
		return nil, err
	}
	r.reserved.Add(size)
	free = func() {
		r.reserved.Add(-size)
		r.decoded.Release(size)
	}
	var collected time.Time
	for !r.fits() {
		if time.Since(collected) >= collectEvery {
			runtime.GC() // nothing else may show that memory is free again
			collected = time.Now()
			continue
		}
		if holds {
			free()
			return nil, fmt.Errorf("%w: %w", errNoRoom, errHolds)
		}
		select {
		case <-time.After(measureEvery):
		case <-ctx.Done():
			free()
			return nil, fmt.Errorf("%w: %w", errNoRoom, context.Cause(ctx))
		}
	}
	return free, nil
}

// fits reports whether the process has the reserved memory.
func (r *room) fits() bool {
	return r.limit == 0 || r.used()+uint64(r.reserved.Load()) <= r.limit/100*full //nolint:gosec // never negative
}

var errHolds = errors.New("the call holds some of it")

// acquire waits until the context ends. A call that already holds memory does not wait, because
// others may wait for what it holds.
func acquire(ctx context.Context, from *semaphore.Weighted, size int64) error {
	switch {
	case from.TryAcquire(size): // also after the context has ended: that is not for want of memory
		return nil
	case providers.CallOf(ctx).Holds():
		return fmt.Errorf("%w: %w", errNoRoom, errHolds)
	case from.Acquire(ctx, size) != nil:
		return fmt.Errorf("%w: %w", errNoRoom, context.Cause(ctx))
	}
	return nil
}
