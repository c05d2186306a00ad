package crashtest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/credentials/insecure"
	_ "google.golang.org/grpc/health" // lets clients watch the health of each replica
	"google.golang.org/grpc/resolver"
	"google.golang.org/grpc/resolver/manual"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/internal/testkit"
	"github.com/enlist-dev/enlist/journal/postgres/postgrestest"
	"github.com/enlist-dev/enlist/sandbox"
)

// The times of a rolling update: how long a replica that stops still accepts requests, how often
// balancers check it, and how long the next restart waits until clients have found a ready replica.
const (
	rollingDelay = 2 * time.Second
	rollingProbe = 100 * time.Millisecond
	rollingPause = time.Second
)

// Replicas restart one after the other under a steady load, and no request fails. The clients send
// each request once, and:
//   - gRPC: balance round robin over both addresses. One client watches grpc.health.v1, the other
//     only its connections. There is no retry policy. grpc-go repeats only a request that no
//     server has begun (GOAWAY).
//   - REST: use a replica whose /readyz returned 200 at the last check, and another one if a
//     connection is refused. Nothing else is repeated.
func TestRollingRestart(t *testing.T) {
	if *duration > 0 {
		t.Skip("a long run is asked for")
	}
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), roundLimit+time.Duration(*rolls)*(rollingDelay+5*time.Second))
	defer cancel()
	replicas := rollingReplicas(t, chanceOf(t.Name()), postgrestest.Start(t).Database(t))
	replicas[0].orderAll(sandbox.Fault{Operation: "create", Kind: sandbox.Latency, Times: 1 << 20, DelayMS: 200}) // so that restarts interrupt requests

	load := &rollingLoad{chance: replicas[0].chance}
	calling, enough := context.WithCancel(ctx)
	var working sync.WaitGroup
	for _, way := range []rollingWay{
		overBalancedGRPC(t, replicas, `{"loadBalancingConfig":[{"round_robin":{}}]}`),
		overBalancedGRPC(t, replicas, `{"loadBalancingConfig":[{"round_robin":{}}],"healthCheckConfig":{"serviceName":"readiness"}}`),
		overReadyREST(ctx, replicas),
	} {
		for range 4 {
			working.Go(func() { load.keepUp(calling, ctx, t, way) })
		}
	}
	for i := range *rolls {
		r := replicas[i%len(replicas)]
		if !r.side.waitForSends(ctx, r.name, 3) {
			t.Errorf("replica %s was never in the middle of three sends: its restart tests nothing", r.name)
		}
		p := r.now()
		if err := p.stop(); err != nil || p.command.ProcessState.ExitCode() != 0 {
			t.Errorf("replica %s, restart %d: %v, %s", r.name, i, err, p.how())
		}
		r.mustServe(ctx)
		sleep(ctx, rollingPause)
	}
	enough()
	working.Wait()
	t.Logf("%d creations and %d reads over %d restarts; %d refused connections of REST clients, which then used the other replica",
		len(load.creates), load.reads.Load(), *rolls, load.refused.Load())
	if t.Failed() {
		return
	}
	verifyAt(ctx, []*replica{replicas[0].replica, replicas[1].replica}, load.creates)
}

// rollingReplica is a replica with fixed addresses.
type rollingReplica struct {
	*replica
	side       *vendorSide
	grpc, http string
	ready      atomic.Bool // at the last check
}

func rollingReplicas(t *testing.T, c *chance, dsn string) []*rollingReplica {
	t.Helper()
	side := newVendorSide()
	var replicas []*rollingReplica
	for _, name := range []string{"a", "b"} {
		r := &rollingReplica{side: side, grpc: testkit.FreeAddress(t), http: testkit.FreeAddress(t)}
		r.replica = newReplica(t, c, side, name, onPostgres(dsn), replicaOptions{change: func(config *configv1.Config) {
			config.Grpc.Address, config.Http.Address = r.grpc, r.http
			config.Shutdown = &configv1.Shutdown{Delay: durationpb.New(rollingDelay), Timeout: durationpb.New(20 * time.Second)}
			for _, provider := range config.GetProviders() {
				provider.Timeout = durationpb.New(10 * time.Second)
			}
		}})
		replicas = append(replicas, r)
	}
	for _, r := range replicas {
		r.mustServe(t.Context())
	}
	return replicas
}

// rollingLoad is what callers do while replicas restart.
type rollingLoad struct {
	*chance
	reads, refused atomic.Int64

	mu      sync.Mutex
	creates []*create
}

// rollingWay sends one request, a creation or a read.
type rollingWay struct {
	create func(context.Context, *rollingLoad, *enlistv1.CreateCustomerRequest) (*enlistv1.CreateCustomerResponse, error)
	read   func(context.Context, *rollingLoad, *enlistv1.GetCustomerRequest) error
}

// keepUp creates customers and reads them until calling ends. Each request must succeed. Requests
// in progress may finish.
func (l *rollingLoad) keepUp(calling, ctx context.Context, t *testing.T, way rollingWay) {
	for calling.Err() == nil {
		all := vendors()
		v := one(l.chance, all)
		c := &create{vendor: &v, request: v.request(fail)}
		l.mu.Lock()
		l.creates = append(l.creates, c)
		l.mu.Unlock()
		request, _ := proto.Clone(c.request).(*enlistv1.CreateCustomerRequest)
		response, err := way.create(ctx, l, request)
		if err != nil {
			t.Errorf("%s: %v", short(c), err)
			continue
		}
		c.successes = append(c.successes, response)
		l.reads.Add(1)
		if err := way.read(ctx, l, &enlistv1.GetCustomerRequest{Provider: v.name, CustomerId: response.GetCustomer().GetId()}); err != nil {
			t.Errorf("reading %s: %v", short(c), err)
		}
	}
}

func overBalancedGRPC(t *testing.T, replicas []*rollingReplica, serviceConfig string) rollingWay {
	t.Helper()
	addresses := manual.NewBuilderWithScheme("replicas")
	state := resolver.State{}
	for _, r := range replicas {
		state.Addresses = append(state.Addresses, resolver.Address{Addr: r.grpc})
	}
	addresses.InitialState(state)
	connection, err := grpc.NewClient("replicas:///", grpc.WithResolvers(addresses), grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultServiceConfig(serviceConfig),
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 1.6, MaxDelay: rollingPause / 2},
			MinConnectTimeout: 10 * time.Second, // the default is the backoff, too short on a busy machine
		}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	customers := enlistv1.NewCustomerServiceClient(connection)
	return rollingWay{
		create: func(ctx context.Context, _ *rollingLoad, request *enlistv1.CreateCustomerRequest) (*enlistv1.CreateCustomerResponse, error) {
			return customers.CreateCustomer(ctx, request)
		},
		read: func(ctx context.Context, _ *rollingLoad, request *enlistv1.GetCustomerRequest) error {
			_, err := customers.GetCustomer(ctx, request)
			return err
		},
	}
}

func overReadyREST(ctx context.Context, replicas []*rollingReplica) rollingWay {
	for _, r := range replicas {
		r.look(ctx)
		go func() {
			for sleep(ctx, rollingProbe) {
				r.look(ctx)
			}
		}()
	}
	return rollingWay{
		create: func(ctx context.Context, l *rollingLoad, request *enlistv1.CreateCustomerRequest) (response *enlistv1.CreateCustomerResponse, err error) {
			err = anywhereReady(ctx, l, replicas, func(base string) (err error) {
				again, _ := proto.Clone(request).(*enlistv1.CreateCustomerRequest)
				response, err = (&process{rest: base}).createOverREST(ctx, again)
				return err
			})
			return response, err
		},
		read: func(ctx context.Context, l *rollingLoad, request *enlistv1.GetCustomerRequest) error {
			return anywhereReady(ctx, l, replicas, func(base string) error {
				return okAt(ctx, base+"/v1/providers/"+request.GetProvider()+"/customers/"+request.GetCustomerId())
			})
		},
	}
}

// look checks whether a replica is ready, like a balancer's probe.
func (r *rollingReplica) look(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	r.ready.Store(okAt(ctx, "http://"+r.http+"/readyz") == nil)
}

func okAt(ctx context.Context, target string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target, http.NoBody)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s %s", response.Status, text)
	}
	return err
}

// anywhereReady sends a request to a ready replica, and to another one if the connection is
// refused.
func anywhereReady(ctx context.Context, l *rollingLoad, replicas []*rollingReplica, call func(base string) error) error {
	for at := l.upTo(len(replicas)); ; at++ {
		r := replicas[at%len(replicas)]
		if !r.ready.Load() {
			if !sleep(ctx, time.Millisecond) {
				return ctx.Err()
			}
			continue
		}
		err := call("http://" + r.http)
		if !errors.Is(err, syscall.ECONNREFUSED) {
			return err
		}
		l.refused.Add(1)
	}
}
