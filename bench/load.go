package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// connections is the number of connections of a gRPC caller's process.
const connections = 4

// call makes the n-th call of a series.
type call func(ctx context.Context, n int64) error

// figures holds the results of one series.
type figures struct {
	calls        int
	perSecond    float64
	p50, p99     time.Duration
	usage        // of the server, per call
	failed       int64
	firstFailure atomic.Pointer[error]
}

// newCustomer numbers customers across all series of a run.
var newCustomer atomic.Int64

// grpcClients returns clients with a connection each. They use several addresses in turn.
func grpcClients(addresses []string) ([]enlistv1.CustomerServiceClient, error) {
	clients := make([]enlistv1.CustomerServiceClient, connections)
	for i := range clients {
		connection, err := grpc.NewClient(addresses[i%len(addresses)], grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			return nil, err
		}
		clients[i] = enlistv1.NewCustomerServiceClient(connection)
	}
	return clients, nil
}

func authorized(ctx context.Context) context.Context {
	return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+apiKey)
}

// grpcCalls returns the functions for creations and reads over gRPC. They use several addresses in
// turn.
func grpcCalls(addresses []string) (create, get call, err error) {
	clients, err := grpcClients(addresses)
	if err != nil {
		return nil, nil, err
	}
	create = func(ctx context.Context, n int64) error {
		_, err := clients[n%connections].CreateCustomer(authorized(ctx), sample(newCustomer.Add(1)))
		return err
	}
	get = func(ctx context.Context, n int64) error {
		_, err := clients[n%connections].GetCustomer(authorized(ctx), &enlistv1.GetCustomerRequest{Provider: "opencell", CustomerId: "BENCH-1"})
		return err
	}
	return create, get, nil
}

// sample returns the customer that every caller creates, with a number of its own.
func sample(n int64) *enlistv1.CreateCustomerRequest {
	return &enlistv1.CreateCustomerRequest{
		Provider: "opencell", RequestId: uuid.NewString(),
		Customer: &enlistv1.Customer{
			Id: fmt.Sprint("BENCH-", n), DisplayName: "John Smith", Email: "qa@example.com", Mobile: "+33123546789",
			Name: &enlistv1.PersonName{Title: "Mr", GivenName: "John", FamilyName: "Smith"},
			BillingAddress: &enlistv1.Address{
				Lines: []string{"673 Eugene Points"}, PostalCode: "92136", City: "New Taryn", CountryCode: "FR",
			},
			LanguageCode: "fr", CurrencyCode: "EUR",
		},
	}
}

// sampleJSON is the same request over REST.
const sampleJSON = `{"requestId":"%s","customer":{"id":"BENCH-%d","displayName":"John Smith","email":"qa@example.com","mobile":"+33123546789",` +
	`"name":{"title":"Mr","givenName":"John","familyName":"Smith"},` +
	`"billingAddress":{"lines":["673 Eugene Points"],"postalCode":"92136","city":"New Taryn","countryCode":"FR"},"languageCode":"fr","currencyCode":"EUR"}}`

// restCalls returns the functions for creations and reads over REST. They use several addresses in
// turn.
func restCalls(addresses []string) (create, get call) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1024}}
	do := func(ctx context.Context, n int64, method, path string, body []byte) error {
		address := addresses[n%int64(len(addresses))]
		request, err := http.NewRequestWithContext(ctx, method, "http://"+address+path, bytes.NewReader(body))
		if err != nil {
			return err
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Authorization", "Bearer "+apiKey)
		response, err := client.Do(request)
		if err != nil {
			return err
		}
		defer func() { _ = response.Body.Close() }()
		text, err := io.ReadAll(response.Body)
		if err == nil && response.StatusCode != http.StatusOK {
			err = fmt.Errorf("%s: %s", response.Status, text)
		}
		return err
	}
	create = func(ctx context.Context, n int64) error {
		return do(ctx, n, http.MethodPost, "/v1/providers/opencell/customers", fmt.Appendf(nil, sampleJSON, uuid.NewString(), newCustomer.Add(1)))
	}
	get = func(ctx context.Context, n int64) error {
		return do(ctx, n, http.MethodGet, "/v1/providers/opencell/customers/BENCH-1", nil)
	}
	return create, get
}

// measure lets callers call a subject for a time. Each caller calls again as soon as it has its
// response.
func (s *subject) measure(ctx context.Context, call call, callers int, seconds float64) (*figures, error) {
	if err := warmUp(ctx, call, callers, warmUpCalls); err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	before, err := s.usage(ctx)
	if err != nil {
		return nil, err
	}
	made := &figures{}
	began := time.Now()
	until := began.Add(time.Duration(seconds * float64(time.Second)))
	latencies := make([][]time.Duration, callers)
	var group sync.WaitGroup
	for i := range callers {
		group.Go(func() {
			for n := int64(i); time.Now().Before(until) && ctx.Err() == nil; n++ {
				start := time.Now()
				if err := call(ctx, n); err != nil {
					atomic.AddInt64(&made.failed, 1)
					made.firstFailure.CompareAndSwap(nil, &err)
				}
				latencies[i] = append(latencies[i], time.Since(start))
			}
		})
	}
	group.Wait()
	took := time.Since(began)
	after, err := s.usage(ctx)
	if err != nil {
		return nil, err
	}
	all := slices.Concat(latencies...)
	slices.Sort(all)
	made.calls = len(all)
	if made.failed > 0 {
		return nil, fmt.Errorf("%s: %d of %d calls failed, the first: %w", s.name, made.failed, made.calls, *made.firstFailure.Load())
	}
	calls := float64(made.calls)
	made.perSecond = calls / took.Seconds()
	made.p50, made.p99 = all[len(all)/2], all[len(all)*99/100]
	made.cpu, made.database = (after.cpu-before.cpu)/calls, (after.database-before.database)/calls
	made.written, made.log = (after.written-before.written)/calls, (after.log-before.log)/calls
	made.Objects, made.Bytes = (after.Objects-before.Objects)/calls, (after.Bytes-before.Bytes)/calls
	return made, nil
}

// warmUpCalls is how many calls each caller makes before a measurement.
const warmUpCalls = 5

// warmUp opens connections and fills caches.
func warmUp(ctx context.Context, call call, callers, calls int) error {
	failures := make(chan error, callers)
	for i := range callers {
		go func() {
			var err error
			for n := range int64(calls) {
				if err = call(ctx, int64(i)+n); err != nil {
					break
				}
			}
			failures <- err
		}()
	}
	var first error
	for range callers {
		if err := <-failures; err != nil && first == nil {
			first = err
		}
	}
	return first
}
