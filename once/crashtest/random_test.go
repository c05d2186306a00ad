package crashtest_test

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal/postgres/postgrestest"
	"github.com/enlist-dev/enlist/sandbox"
)

var (
	inputCount = flag.Int("crash.inputs", 20, "random inputs for each vendor and variant of TestRandomInputs")
	onlyInput  = flag.String("crash.input", "", "vendor/number of the only input of TestRandomInputs; earlier ones for its customer are played before it")
)

const (
	// callingFor is how long callers repeat a request while the vendor fails.
	callingFor = 14 * time.Second
	// restsWithFaults is how long the test then waits for an end, before it withdraws the faults.
	restsWithFaults = 6 * time.Second
	// latest is when a vendor has certainly acted on a request.
	latest = vendorTimeout + 500*time.Millisecond
)

// Random customers and random faults: each request makes one customer at most, and what its callers
// are told is true at the vendor.
func TestRandomInputs(t *testing.T) {
	if *duration > 0 {
		t.Skip("a long run is asked for")
	}
	began := time.Now()
	first := 0
	if *onlyInput != "" { // its lane alone, as far as it
		_, number, _ := strings.Cut(*onlyInput, "/")
		only, err := strconv.Atoi(number)
		if err != nil {
			t.Fatal("-crash.input: give a vendor and a number, such as caliq/17")
		}
		first, *inputCount = only/laneLength*laneLength, only+1
	}
	table := &findingsTable{}
	t.Cleanup(func() { t.Logf("seed %d, %s\n%s", *seed, time.Since(began).Round(time.Second), table) })
	cluster := sync.OnceValue(func() *postgrestest.Cluster { return postgrestest.Start(t) })
	for _, variant := range []struct {
		name string
		open func(*site, *testing.T)
	}{
		{"SQLite", (*site).openOne},
		{"SQLite, killed", (*site).openKilled},
		{"two replicas on PostgreSQL", func(s *site, t *testing.T) { t.Helper(); s.openTwo(t, cluster()) }},
	} {
		for from := first; from < *inputCount; from += laneLength {
			t.Run(fmt.Sprintf("%s/%d", variant.name, from), func(t *testing.T) {
				t.Parallel()
				s := newSite(t)
				variant.open(s, t)
				s.playLane(t, table, variant.name, from, min(from+laneLength, *inputCount))
			})
		}
	}
}

// site is where inputs are played: servers that share a journal, and a sandbox for each vendor, so
// that faults of one vendor can be withdrawn alone.
type site struct {
	*chance
	sandboxes map[string]*vendorControl // by the vendor's name
	addresses map[string]string
	servers   []*world
	next      atomic.Int64
	kill      func(ctx context.Context) // kills until the context ends; nil for never
	kills     atomic.Int64
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{chance: chanceOf(t.Name()), sandboxes: map[string]*vendorControl{}, addresses: map[string]string{}}
	for _, v := range vendors() {
		server := httptest.NewServer(sandbox.New())
		t.Cleanup(server.Close)
		s.sandboxes[v.name], s.addresses[v.name] = newVendorControl(t, server.URL), server.URL
	}
	return s
}

// adjust directs each provider to its own sandbox.
func (s *site) adjust(config *configv1.Config) {
	for _, provider := range config.GetProviders() {
		address := s.addresses[provider.GetName()]
		switch {
		case provider.GetOpencell() != nil:
			provider.GetOpencell().BaseUrl = address
		case provider.GetSellAndSign() != nil:
			provider.GetSellAndSign().BaseUrl = address
		case provider.GetValomnia() != nil:
			provider.GetValomnia().BaseUrl = address
		case provider.GetCaliq() != nil:
			provider.GetCaliq().BaseUrl = address
		case provider.GetAvvio() != nil:
			provider.GetAvvio().BaseUrl = address
		}
	}
}

func (s *site) openOne(t *testing.T) {
	t.Helper()
	side := newVendorSide()
	journalFolder := t.TempDir()
	s.servers = []*world{newReplica(t, s.chance, side, "a", onSQLite(journalFolder), replicaOptions{change: s.adjust, killed: func() { s.kills.Add(1) }}).world}
}

// openKilled opens one server that is killed again and again.
func (s *site) openKilled(t *testing.T) {
	t.Helper()
	s.openOne(t)
	w := s.servers[0]
	s.kill = func(ctx context.Context) {
		pause := func() time.Duration {
			if s.percent(25) { // long enough to see the vendor's lag pass
				return s.between(4*time.Second, 7*time.Second)
			}
			return s.between(100*time.Millisecond, 4*time.Second)
		}
		for sleep(ctx, pause()) {
			p := w.server(ctx)
			if p == nil {
				return
			}
			p.kill()
			<-p.died
		}
	}
}

func (s *site) openTwo(t *testing.T, cluster *postgrestest.Cluster) {
	t.Helper()
	side, journal := newVendorSide(), onPostgres(cluster.Database(t))
	for _, name := range []string{"a", "b"} {
		r := newReplica(t, s.chance, side, name, journal, replicaOptions{change: s.adjust})
		r.mustServe(t.Context())
		s.servers = append(s.servers, r.world)
	}
}

// server returns a server that serves, each time the next one; nil if the context ends first.
func (s *site) server(ctx context.Context) *process {
	return s.servers[int(s.next.Add(1))%len(s.servers)].server(ctx)
}

// playLane plays inputs: those of one vendor one after the other, all vendors at once.
func (s *site) playLane(t *testing.T, table *findingsTable, variant string, from, to int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	killing, enough := context.WithCancel(ctx)
	var killer, players sync.WaitGroup
	if s.kill != nil {
		killer.Go(func() { s.kill(killing) })
	}
	played := make([][]*input, len(vendors()))
	found := make([]findings, len(vendors()))
	all := vendors()
	for i := range all {
		inputs := chosen(inputsOf(&all[i], from, to))
		players.Go(func() {
			for _, in := range inputs {
				if ctx.Err() != nil {
					return
				}
				s.play(ctx, t, &found[i], in)
				played[i] = append(played[i], in)
			}
		})
	}
	players.Wait()
	enough()
	killer.Wait()
	for i := range all {
		s.askAgain(ctx, t, &found[i], played[i])
		table.add(variant, all[i].name, &found[i])
	}
	table.kills.Add(s.kills.Load())
}

// chosen returns the inputs that -crash.input asks for: all by default, else one and those that it
// refers to.
func chosen(inputs []*input) []*input {
	if *onlyInput == "" {
		return inputs
	}
	name, number, _ := strings.Cut(*onlyInput, "/")
	if len(inputs) == 0 || inputs[0].create.vendor.name != name {
		return nil
	}
	for _, in := range inputs {
		if strconv.Itoa(in.number) == number {
			return append(in.before, in)
		}
	}
	return nil
}

// play carries out one input and judges how it ended.
func (s *site) play(ctx context.Context, t *testing.T, found *findings, in *input) {
	t.Helper()
	vendor := s.sandboxes[in.create.vendor.name]
	c := chanceOf(fmt.Sprint(t.Name(), in.create.vendor.name, in.number))
	j := &judgement{in: in, before: in.madeBy(vendor.records(in.create.vendor.sandbox))}
	for _, fault := range in.faults {
		vendor.fault(fault)
	}
	var callers sync.WaitGroup
	for _, m := range in.callers {
		callers.Go(func() { s.pursue(ctx, c, in.create, m) })
	}
	callers.Wait()
	j.operation = s.waitFor(ctx, in.create, restsWithFaults)
	vendor.withdrawFaults()
	if isOpen(j.operation) { // the caller was told to come back
		s.pursue(ctx, c, in.create, manner{})
		j.operation = s.waitFor(ctx, in.create, toRest)
	}
	if state := j.operation.GetState(); state == notSent || state == noRecord {
		found.notSentFirst++
		s.pursue(ctx, c, in.create, manner{})
		j.operation, j.calm = s.waitFor(ctx, in.create, toRest), true
	}
	if j.operation.GetState() == needsPerson && in.ordered(sandbox.Latency, "create") {
		sleep(ctx, latest) // a person may be asked before the vendor has acted
	}
	j.after = in.madeBy(vendor.records(in.create.vendor.sandbox))
	found.inputs++
	in.ended = fmt.Sprint(j.operation.GetState(), " ", len(j.after)-len(j.before), " made")
	wrong := found.judge(j)
	wrong = append(wrong, found.judgeCallers(in.create, j.operation)...)
	if j.operation.GetState() == succeeded && in.isReadable() {
		if unread := s.unreadable(ctx, in.create, j.operation.GetCustomerId()); unread != nil {
			found.lost++
			wrong = append(wrong, fmt.Sprintf("GetCustomer does not find %q: %v", j.operation.GetCustomerId(), unread))
		}
	}
	if *onlyInput != "" {
		t.Logf("%s\n%s\n%s", in, text(in.create.request), text(shortened(j.operation)))
	}
	if len(wrong) > 0 {
		s.complain(t, in, j.operation, j.after, wrong)
	}
}

// pursue repeats a request until it has a final response, callingFor is over, or the manner of its
// caller ends it.
func (s *site) pursue(ctx context.Context, c *chance, wanted *create, m manner) {
	ctx, cancel := context.WithTimeout(ctx, callingFor)
	defer cancel()
	for ctx.Err() == nil {
		p := s.server(ctx)
		if p == nil {
			return
		}
		patience := 4 * time.Second
		if m.hurried && c.percent(50) {
			patience = c.between(10*time.Millisecond, 400*time.Millisecond)
		}
		within, cancel := context.WithTimeout(ctx, patience)
		said := wanted.try(within, p, c.percent(40))
		cancel()
		if said != again || m.never {
			return
		}
		pause := c.between(5*time.Millisecond, 250*time.Millisecond)
		if m.leaves && c.percent(50) {
			pause = c.between(500*time.Millisecond, 2500*time.Millisecond)
		}
		sleep(ctx, pause)
	}
}

// waitFor returns the operation once it has ended, or as it is after some time. It returns nil if
// none is recorded.
func (s *site) waitFor(ctx context.Context, wanted *create, most time.Duration) (operation *enlistv1.Operation) {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	for ctx.Err() == nil {
		p := s.server(ctx)
		if p == nil {
			break
		}
		response, err := p.operations.WaitOperation(ctx, &enlistv1.WaitOperationRequest{
			Provider: wanted.vendor.name, RequestId: wanted.request.GetRequestId(), Timeout: durationpb.New(2 * time.Second),
		})
		if reason, _ := detailsOf(status.Convert(err)); reason == enlistv1.ErrorReason_OPERATION_NOT_FOUND.String() {
			return nil
		}
		if err == nil {
			if operation = response.GetOperation(); !isOpen(operation) {
				break
			}
		}
		sleep(ctx, 20*time.Millisecond)
	}
	return operation
}

func isOpen(operation *enlistv1.Operation) bool {
	switch operation.GetState() {
	case enlistv1.OperationState_OPERATION_STATE_INTENT, enlistv1.OperationState_OPERATION_STATE_UNKNOWN:
		return true
	}
	return false
}

func statusOf(operation *enlistv1.Operation) *status.Status {
	return status.FromProto(operation.GetError())
}

// judgeCallers returns what is wrong with what callers were told, given how the operation ended.
func (f *findings) judgeCallers(c *create, operation *enlistv1.Operation) (wrong []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	complain := func(format string, values ...any) {
		f.contradicted++
		wrong = append(wrong, fmt.Sprintf(format, values...))
	}
	for _, success := range c.successes {
		if recorded := operation.GetResponse(); !proto.Equal(recorded, success) {
			complain("a caller was told of a success that is not the recorded one:\n%s\n%s", text(success), text(recorded))
			break
		}
	}
	for _, refusal := range c.refusals {
		recorded, _ := detailsOf(statusOf(operation))
		if reason, _ := detailsOf(refusal); operation.GetState() != failed || reason != recorded {
			complain("a caller was told %v, and the operation ended in state %s %s", refusal, operation.GetState(), recorded)
			break
		}
	}
	return wrong
}

// unreadable returns why GetCustomer does not return the customer; nil if it does.
func (s *site) unreadable(ctx context.Context, wanted *create, id string) (err error) {
	for range 30 { // the vendor may be slow to show it
		p := s.server(ctx)
		if p == nil {
			return ctx.Err()
		}
		if _, err = p.customers.GetCustomer(ctx, &enlistv1.GetCustomerRequest{Provider: wanted.vendor.name, CustomerId: id}); err == nil {
			return nil
		}
		sleep(ctx, 100*time.Millisecond)
	}
	return err
}

// askAgain repeats, at the end, all requests that have ended: each response is the same as before.
// No customer has come to the vendor late.
func (s *site) askAgain(ctx context.Context, t *testing.T, found *findings, inputs []*input) {
	t.Helper()
	sums, open := map[string]int{}, map[string]int{}
	asked := map[*create]bool{}
	for _, in := range inputs {
		if asked[in.create] {
			continue
		}
		asked[in.create] = true
		sums[in.core] += *in.made
		operation := s.waitFor(ctx, in.create, time.Second)
		if isOpen(operation) {
			open[in.core]++
		}
		if state := operation.GetState(); state != succeeded && state != failed {
			continue
		}
		s.pursue(ctx, s.chance, in.create, manner{})
		if wrong := found.judgeCallers(in.create, operation); len(wrong) > 0 {
			s.complain(t, in, operation, nil, append(wrong, "when it was repeated at the end"))
		}
	}
	for _, in := range inputs {
		vendor := in.create.vendor
		if records := in.madeBy(s.sandboxes[vendor.name].records(vendor.sandbox)); len(records) < sums[in.core] || len(records) > sums[in.core]+open[in.core] {
			found.duplicates++
			s.complain(t, in, nil, records, []string{fmt.Sprintf("the requests made %d customers, and in the end the vendor has %d", sums[in.core], len(records))})
			sums[in.core] = len(records)
		}
	}
}

// complain fails the test with everything that is known of an input.
func (s *site) complain(t *testing.T, in *input, operation *enlistv1.Operation, records []sandbox.Record, wrong []string) {
	t.Helper()
	var story strings.Builder
	fmt.Fprintf(&story, "%s\nseed %d: %s", strings.Join(wrong, "\n"), *seed, in)
	for _, earlier := range in.before {
		fmt.Fprintf(&story, "\nafter %s", earlier)
	}
	fmt.Fprintf(&story, "\nrequest: %s\noperation: %s", text(in.create.request), text(shortened(operation)))
	for _, record := range records {
		fmt.Fprintf(&story, "\nthe vendor has: %+v", record)
	}
	in.create.mu.Lock()
	fmt.Fprintf(&story, "\n%d attempts, %d successes, refusals %v", in.create.tries, len(in.create.successes), in.create.refusals)
	in.create.mu.Unlock()
	for _, w := range s.servers {
		fmt.Fprintf(&story, "\nlogs: %s", w.folder)
	}
	t.Error(story.String())
}

// findingsTable collects findings by variant and vendor.
type findingsTable struct {
	kills atomic.Int64

	mu   sync.Mutex
	rows map[string]*findings
}

func (table *findingsTable) add(variant, vendor string, found *findings) {
	table.mu.Lock()
	defer table.mu.Unlock()
	if table.rows == nil {
		table.rows = map[string]*findings{}
	}
	row := variant + " | " + vendor
	if table.rows[row] == nil {
		table.rows[row] = &findings{}
	}
	table.rows[row].add(found)
}

// String returns the table in Markdown.
func (table *findingsTable) String() string {
	table.mu.Lock()
	defer table.mu.Unlock()
	var out strings.Builder
	out.WriteString("| variant | vendor | inputs | succeeded | exists | refused | not sent (at first) | for a person | unknown | duplicates | lost | contradicted | odd |\n")
	out.WriteString("|---|---|---|---|---|---|---|---|---|---|---|---|---|\n")
	for _, row := range slices.Sorted(maps.Keys(table.rows)) {
		f := table.rows[row]
		fmt.Fprintf(&out, "| %s | %d | %d | %d | %d | %d (%d) | %d %v | %d | %d | %d | %d | %d |\n", row, f.inputs, f.succeeded, f.exists, f.refused,
			f.notSent, f.notSentFirst, f.person, f.causes, f.unknown, f.duplicates, f.lost, f.contradicted, f.odd)
	}
	fmt.Fprintf(&out, "\n%d kills\n", table.kills.Load())
	return out.String()
}
