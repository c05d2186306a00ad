package isolation_test

import (
	"cmp"
	"crypto/rand"
	"flag"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

var (
	rounds  = flag.Int("isolation.rounds", 0, "how often to measure with and without; 0: nothing is measured")
	callers = flag.Int("isolation.callers", 5000, "how many wait for the vendor that hangs")
	lasts   = flag.Duration("isolation.for", 10*time.Second, "how long each measurement lasts")
	perSec  = flag.Int("isolation.rate", 200, "calls a second to the other vendor, every second one a create")
)

// TestIsolation prints the ratio. It sets no limit, because other programs may use the machine.
func TestIsolation(t *testing.T) {
	if *rounds == 0 {
		t.Skip("measures for minutes: make isolation")
	}
	program := build(t)
	taken := map[bool][]times{}
	for round := range *rounds {
		for _, hung := range []bool{round%2 == 1, round%2 == 0} { // each goes first equally often
			taken[hung] = append(taken[hung], measure(t, program, hung))
		}
	}
	fmt.Printf("%-14s %-22s %-22s %s\n", "medians of all", "alone", "with one that hangs", "ratio in a round")
	for _, row := range []struct {
		name string
		of   func(times) time.Duration
	}{
		{"create median", func(m times) time.Duration { return m.create(50) }},
		{"create p99", func(m times) time.Duration { return m.create(99) }},
		{"get median", func(m times) time.Duration { return m.get(50) }},
		{"get p99", func(m times) time.Duration { return m.get(99) }},
		{"all median", func(m times) time.Duration { return m.all(50) }},
		{"all p99", func(m times) time.Duration { return m.all(99) }},
	} {
		alone, beside := each(taken[false], row.of), each(taken[true], row.of)
		ratios := make([]float64, len(alone))
		for round := range alone {
			ratios[round] = float64(beside[round]) / float64(alone[round])
		}
		fmt.Printf("%-14s %-22s %-22s %.2f\n", row.name, percentile(alone, 50), percentile(beside, 50), percentile(ratios, 50))
	}
}

// times holds the durations of requests.
type times struct{ creates, gets []time.Duration }

func (m times) create(p int) time.Duration { return percentile(m.creates, p) }
func (m times) get(p int) time.Duration    { return percentile(m.gets, p) }
func (m times) all(p int) time.Duration    { return percentile(slices.Concat(m.creates, m.gets), p) }

func percentile[T cmp.Ordered](of []T, p int) T {
	sorted := slices.Sorted(slices.Values(of))
	return sorted[min(len(sorted)*p/100, len(sorted)-1)]
}

func each(all []times, of func(times) time.Duration) []time.Duration {
	var figures []time.Duration
	for _, m := range all {
		figures = append(figures, of(m).Round(10*time.Microsecond))
	}
	return figures
}

// measure starts all processes again. If hung is set, it lets the callers hang. It sends requests
// to the other vendor at a steady rate. A request's time begins when it is due.
func measure(t *testing.T, program string, hung bool) times {
	w := startWorld(t, program)
	defer w.stop()
	if hung {
		w.hang(*callers)
	}
	w.steady(2 * time.Second) // to warm up
	taken := w.steady(*lasts)
	if now := w.inFlight(); hung && now != *callers {
		t.Errorf("%d calls still hang, of %d", now, *callers)
	}
	fmt.Printf("hanging %5d: create %.2f ms, p99 %.2f ms; get %.2f ms, p99 %.2f ms\n", w.inFlight(),
		ms(taken.create(50)), ms(taken.create(99)), ms(taken.get(50)), ms(taken.get(99)))
	return taken
}

func ms(d time.Duration) float64 { return d.Seconds() * 1000 }

func (w *world) steady(lasts time.Duration) times {
	var mu sync.Mutex
	var taken times
	var calls sync.WaitGroup
	start, every := time.Now(), time.Second/time.Duration(*perSec)
	known := w.create(w.customers, steadyVendor).GetCustomer().GetId()
	for n := range int(lasts / every) {
		due := start.Add(time.Duration(n) * every)
		time.Sleep(time.Until(due))
		calls.Go(func() {
			if n%2 == 0 {
				w.create(w.customers, steadyVendor)
			} else if _, err := w.customers.GetCustomer(w.ctx, &enlistv1.GetCustomerRequest{Provider: steadyVendor, CustomerId: known}); err != nil {
				w.t.Error(err)
			}
			took := time.Since(due)
			mu.Lock()
			defer mu.Unlock()
			if n%2 == 0 {
				taken.creates = append(taken.creates, took)
			} else {
				taken.gets = append(taken.gets, took)
			}
		})
	}
	calls.Wait()
	return taken
}

// create creates a new customer.
func (w *world) create(customers enlistv1.CustomerServiceClient, provider string) *enlistv1.CreateCustomerResponse {
	created, err := customers.CreateCustomer(w.ctx, &enlistv1.CreateCustomerRequest{
		Provider: provider, RequestId: uuid.NewString(), UnsupportedFields: enlistv1.UnsupportedFields_UNSUPPORTED_FIELDS_DROP,
		Customer: &enlistv1.Customer{
			Id: rand.Text()[:10], Name: &enlistv1.PersonName{Title: "Mr", GivenName: "John", FamilyName: "Smith"}, DisplayName: "John Smith",
			Email: "john.smith@example.com", Mobile: "+33123546789", LanguageCode: "fr", CurrencyCode: "EUR",
			BillingAddress: &enlistv1.Address{Lines: []string{"673 Eugene Points"}, City: "Nice", PostalCode: "06000", CountryCode: "FR"},
		},
	})
	if err != nil && w.ctx.Err() == nil {
		w.t.Error(err)
	}
	return created
}
