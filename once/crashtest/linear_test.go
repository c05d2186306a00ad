package crashtest_test

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/google/uuid"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal/postgres/postgrestest"
	"github.com/enlist-dev/enlist/sandbox"
)

// All that callers of one operation learn could be the result of calls one after the other, while
// the server is killed again and again: create, get, wait and resolve.
func TestLinear(t *testing.T) {
	if *duration > 0 {
		t.Skip("a long run is asked for")
	}
	t.Parallel()
	for i := range 2 * *rounds {
		t.Run(fmt.Sprint("sqlite/", i), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, chanceOf(t.Name()), func() string { return "" }, func(string) {}, numbersItself)
			staysLinear(t, w.chance, []*world{w})
		})
	}
	for i := range *rounds {
		t.Run(fmt.Sprint("postgres/", i), func(t *testing.T) {
			t.Parallel()
			c := chanceOf(t.Name())
			p := newPair(t, postgrestest.Start(t))
			replicas := p.start(t, c, replicaOptions{change: numbersItself})
			staysLinear(t, c, []*world{replicas[0].world, replicas[1].world})
		})
	}
}

// numbersItself has Caliq assign the keys. Enlist can then look up nothing, and a person decides.
func numbersItself(config *configv1.Config) {
	for _, provider := range config.GetProviders() {
		if caliq := provider.GetCaliq(); caliq != nil {
			caliq.AutoNumbering = true
		}
	}
}

// observed is one operation, and the calls for it.
type observed struct {
	*create
	mu      sync.Mutex
	history []porcupine.Operation
}

// staysLinear runs a round on a server, or on replicas.
func staysLinear(t *testing.T, c *chance, servers []*world) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), roundLimit)
	defer cancel()
	var all []*observed
	for _, v := range vendors() {
		loseAnswers(servers[0], &v)
		disturb(servers[0], &v, 3)
		first := v.request(fail)
		if v.sandbox == sandbox.Caliq {
			first.Customer.Id = ""
		}
		rival, _ := proto.Clone(first).(*enlistv1.CreateCustomerRequest) // for the same customer
		rival.RequestId = uuid.NewString()
		all = append(all, &observed{create: &create{vendor: &v, request: first}}, &observed{create: &create{vendor: &v, request: rival}})
	}
	began := time.Now()
	var clients sync.WaitGroup
	for i, o := range all {
		for range 3 {
			clients.Go(func() {
				for range 14 {
					sleep(ctx, c.between(0, 500*time.Millisecond))
					o.callOnce(ctx, one(c, servers), began, i)
				}
			})
		}
	}
	calm, quiet := context.WithCancel(ctx)
	var killing sync.WaitGroup
	killing.Go(func() {
		for sleep(calm, c.between(200*time.Millisecond, 1500*time.Millisecond)) {
			if p := one(c, servers).server(calm); p != nil {
				p.kill()
			}
		}
	})
	clients.Wait()
	quiet()
	killing.Wait()
	servers[0].withdrawFaults()
	for i, o := range all {
		clients.Go(func() { o.end(ctx, servers[0], began, i) })
	}
	clients.Wait()
	report(t, all)
}

// report checks every history, and that the check finds a change of it.
func report(t *testing.T, all []*observed) {
	t.Helper()
	calls, unsure, changed := 0, 0, 0
	for _, o := range all {
		calls += len(o.history)
		switch isLinear(o.history) {
		case porcupine.Illegal:
			t.Errorf("%s: no order of the calls explains what they returned:", short(o.create))
			for _, made := range o.history {
				t.Logf("%9.3f-%9.3f %v %v", float64(made.Call)/1e9, float64(made.Return)/1e9, made.Input, made.Output)
			}
		case porcupine.Unknown:
			unsure++
		default:
			if other := mutated(o.history); other != nil {
				changed++
				if isLinear(other) == porcupine.Ok {
					t.Errorf("%s: the check does not find another customer in the last success", short(o.create))
				}
			}
		}
	}
	t.Logf("%d calls of %d operations; %d not checked in time, %d changed", calls, len(all), unsure, changed)
	if unsure > len(all)/2 || changed == 0 {
		t.Error("the check has not checked enough")
	}
}

// callOnce makes a random call and records it.
func (o *observed) callOnce(ctx context.Context, w *world, began time.Time, client int) {
	p := w.running()
	if p == nil {
		return
	}
	patience := w.between(300*time.Millisecond, 4*time.Second)
	if w.percent(20) {
		patience = w.between(10*time.Millisecond, 300*time.Millisecond)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	from := time.Since(began)
	var in call
	var out reply
	switch roll := w.upTo(100); {
	case roll < 40:
		in, out = call{command: commandCreate}, o.creates(ctx, p, w.percent(40))
	case roll < 70:
		in, out = call{command: commandRead}, o.gets(ctx, p)
	case roll < 85:
		in, out = call{command: commandRead}, o.waits(ctx, p, 500*time.Millisecond)
	default:
		in, out = o.resolves(ctx, p, w.percent(70))
	}
	o.add(in, out, from, time.Since(began), client)
}

// add records a call. A creation has two effects: others see that it is open, and then its outcome.
// So the history has it twice.
func (o *observed) add(in call, out reply, from, until time.Duration, client int) {
	if in.command == commandRead && out.kind != told {
		return // a read has no effect
	}
	made := porcupine.Operation{ClientId: client, Input: in, Output: out, Call: from.Nanoseconds(), Return: until.Nanoseconds()}
	o.mu.Lock()
	defer o.mu.Unlock()
	if out.kind == lost {
		made.Return = forever
	} else if in.command == commandCreate {
		opens := made
		opens.Output = reply{kind: lost}
		o.history = append(o.history, opens)
	}
	o.history = append(o.history, made)
}

// end waits for the outcome when nothing fails any more, and requests the creation once more.
func (o *observed) end(ctx context.Context, w *world, began time.Time, client int) {
	for ctx.Err() == nil {
		p := w.server(ctx)
		if p == nil {
			return
		}
		within, cancel := context.WithTimeout(ctx, 20*time.Second)
		from := time.Since(began)
		out := o.creates(within, p, false)
		o.add(call{command: commandCreate}, out, from, time.Since(began), client)
		from = time.Since(began)
		read := o.gets(within, p)
		o.add(call{command: commandRead}, read, from, time.Since(began), client)
		cancel()
		if out.kind == told && read.kind == told {
			return
		}
		sleep(ctx, 200*time.Millisecond)
	}
}

func (o *observed) creates(ctx context.Context, p *process, overREST bool) reply {
	request, _ := proto.Clone(o.request).(*enlistv1.CreateCustomerRequest)
	create := p.createOverGRPC
	if overREST {
		create = p.createOverREST
	}
	response, err := create(ctx, request)
	if err == nil {
		return reply{kind: told, shows: standing{phase: phaseSucceeded, customer: response.GetCustomer().GetId()}, replayed: response.GetReplayed()}
	}
	said := status.Convert(err)
	reason, retry := detailsOf(said)
	switch reason {
	case "", enlistv1.ErrorReason_REQUEST_IN_PROGRESS.String(), enlistv1.ErrorReason_JOURNAL_UNAVAILABLE.String(),
		enlistv1.ErrorReason_OVERLOADED.String(), enlistv1.ErrorReason_INTERNAL_ERROR.String():
		return reply{kind: lost} // no response, or one that says nothing about the operation
	}
	switch said.Code() {
	case codes.AlreadyExists, codes.FailedPrecondition, codes.InvalidArgument, codes.NotFound:
		return reply{kind: told, shows: standing{phase: phaseFailed}}
	default:
	}
	if reason == enlistv1.ErrorReason_OUTCOME_UNKNOWN.String() && !retry {
		return reply{kind: told, shows: standing{phase: phaseNeedsPerson}}
	}
	return reply{kind: pending}
}

func (o *observed) gets(ctx context.Context, p *process) reply {
	response, err := p.operations.GetOperation(ctx, &enlistv1.GetOperationRequest{Provider: o.vendor.name, RequestId: o.request.GetRequestId()})
	return readReply(response.GetOperation(), err)
}

func (o *observed) waits(ctx context.Context, p *process, atMost time.Duration) reply {
	response, err := p.operations.WaitOperation(ctx, &enlistv1.WaitOperationRequest{
		Provider: o.vendor.name, RequestId: o.request.GetRequestId(), Timeout: durationpb.New(atMost),
	})
	return readReply(response.GetOperation(), err)
}

func readReply(operation *enlistv1.Operation, err error) reply {
	switch {
	case err == nil:
		return reply{kind: told, shows: shown(operation)}
	case status.Code(err) == codes.NotFound:
		return reply{kind: told, shows: standing{phase: phaseAbsent}}
	}
	return reply{kind: lost}
}

// resolves records a person's decision, whatever the vendor says.
func (o *observed) resolves(ctx context.Context, p *process, succeeds bool) (call, reply) {
	request := &enlistv1.ResolveOperationRequest{
		Provider: o.vendor.name, RequestId: o.request.GetRequestId(), Decision: enlistv1.Decision_DECISION_FAILED,
		DecidedBy: "Jo Doe", Reason: "a test", Unverified: true,
	}
	in := call{command: commandResolve, records: standing{phase: phaseFailed, decided: true}}
	if succeeds {
		in.records.phase, in.records.customer = phaseSucceeded, cmp.Or(o.request.GetCustomer().GetId(), "1")
		request.Decision, request.CustomerId = enlistv1.Decision_DECISION_SUCCEEDED, in.records.customer
	}
	response, err := p.operations.ResolveOperation(ctx, request)
	if err == nil {
		return in, reply{kind: told, shows: shown(response.GetOperation())}
	}
	said := status.Convert(err)
	for _, detail := range said.Details() {
		if bad, is := detail.(*errdetails.BadRequest); is && said.Code() == codes.InvalidArgument {
			if strings.Contains(bad.GetFieldViolations()[0].GetDescription(), "awaits a decision") {
				return in, reply{kind: notNeeded}
			}
			return in, reply{kind: noEffect}
		}
	}
	if said.Code() == codes.NotFound {
		return in, reply{kind: noEffect}
	}
	return in, reply{kind: lost}
}

// running returns the server that runs at present; nil for none.
func (w *world) running() *process {
	over, cancel := context.WithCancel(context.Background())
	cancel()
	return w.server(over)
}
