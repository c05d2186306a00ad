package crashtest_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/sandbox"
)

// Two callers request the same customer, each with its own request_id. One creates it, and the
// other gets CUSTOMER_EXISTS. If the vendor assigns the ids, these are two customers.
func TestRivals(t *testing.T) {
	if *duration > 0 {
		t.Skip("a long run is asked for")
	}
	for _, v := range vendors() {
		for i := range 3 * *rounds {
			t.Run(fmt.Sprintf("%s/%d", v.name, i), func(t *testing.T) {
				t.Parallel()
				results.add(v.name, amongRivals, rivals(t, chanceOf(t.Name()), &v))
			})
		}
	}
}

const amongRivals = "among rivals"

func rivals(t *testing.T, c *chance, v *vendor) tally {
	t.Helper()
	var mu sync.Mutex
	kills := 0
	w := newWorld(t, c, func() string {
		mu.Lock()
		defer mu.Unlock()
		if kills == 3 {
			return ""
		}
		return c.planFor(one(c, crashPoints()).name, 4)
	}, func(string) {
		mu.Lock()
		defer mu.Unlock()
		kills++
	}, nil)
	ctx, cancel := context.WithTimeout(t.Context(), roundLimit)
	defer cancel()
	one(c, []func(*world, *vendor){loseAnswers, loseRequests, func(*world, *vendor) {}})(w, v)
	disturb(w, v, 4)
	var all []*create
	groups := map[string][]*create{}
	for range 4 {
		first := &create{vendor: v, request: v.request(fail)}
		for range 2 + c.upTo(2) {
			request, _ := proto.Clone(first.request).(*enlistv1.CreateCustomerRequest)
			request.RequestId = uuid.NewString()
			rival := &create{vendor: v, request: request}
			all, groups[v.key(request)] = append(all, rival), append(groups[v.key(request)], rival)
		}
	}
	callers(ctx, w, all, 8)
	w.withdrawFaults()
	states := w.atRest(ctx, all)
	if states == nil {
		return tally{}
	}
	w.listed(ctx, all, states)
	for _, c := range all {
		if states[c] != needsPerson {
			c.pursue(ctx, w, manner{})
		}
	}
	states = w.atRest(ctx, all)
	found := tally{rounds: 1, kills: kills, creates: len(all)}
	held := map[string][]sandbox.Record{}
	for _, record := range w.records(v.sandbox) {
		held[normalKey(record.Key)] = append(held[normalKey(record.Key)], record)
	}
	for key, group := range groups {
		w.holdRivals(ctx, &found, group, states, held[normalKey(key)])
	}
	return found
}

// holdRivals asserts that there are as many successes as customers: one, if the callers chose its
// id.
func (w *world) holdRivals(
	ctx context.Context, found *tally, group []*create, states map[*create]enlistv1.OperationState, records []sandbox.Record,
) {
	successful, undecided, refused := 0, 0, 0
	ids := map[string]bool{}
	for _, c := range group {
		w.holdResponses(ctx, found, c, states[c])
		switch states[c] {
		case succeeded:
			successful++
			for _, success := range c.successes {
				ids[success.GetCustomer().GetId()] = true
			}
		case needsPerson:
			undecided++
			found.needsPerson++ // only the content shows which request made the customer
		case failed:
			if wasRejected(c) && w.wasRefused(c, failed) {
				refused++
			} else if c.vendor.ownIDs {
				w.complain(ctx, c, "was refused")
			}
		default:
			found.lost++
			w.complain(ctx, c, "has no end: %s", states[c])
		}
	}
	want := min(1, len(group)-refused)
	if group[0].vendor.ownIDs {
		want = len(group) - refused
	}
	if successful > want || successful+undecided < want || len(ids) != successful {
		found.contradicted++
		for _, c := range group {
			w.complain(ctx, c, "is one of %d rivals of whom %d have succeeded, with %d customers", len(group), successful, len(ids))
		}
	}
	if len(records) < successful || len(records) > successful+undecided {
		found.duplicates++
		w.complain(ctx, group[0], "has %d records, and %d of its rivals have succeeded", len(records), successful)
	}
}

// holdResponses asserts that all callers of a creation got the response that its state tells.
func (w *world) holdResponses(ctx context.Context, found *tally, c *create, state enlistv1.OperationState) {
	if state == succeeded && slices.ContainsFunc(c.successes, func(success *enlistv1.CreateCustomerResponse) bool {
		return !proto.Equal(success, c.successes[0])
	}) {
		w.complain(ctx, c, "has two responses")
	}
	if state != succeeded && len(c.successes) > 0 || state == succeeded && len(c.refusals) > 0 {
		found.contradicted++
		w.complain(ctx, c, "was told otherwise than it is: %s", state)
	}
}
