package crashtest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// create is one creation that callers want, with every response that they got.
type create struct {
	vendor  *vendor
	request *enlistv1.CreateCustomerRequest

	mu        sync.Mutex
	successes []*enlistv1.CreateCustomerResponse // replayed cleared
	refusals  []*status.Status                   // final refusals
	person    bool                               // a response said that a person must decide
	tries     int
}

// verdict is what a response means to the caller.
type verdict int

const (
	again  verdict = iota // not final: repeat with the same request_id
	over                  // final
	person                // a person must decide
)

// try sends the request once, over gRPC or REST, and keeps the response.
func (c *create) try(ctx context.Context, p *process, overREST bool) verdict {
	c.mu.Lock()
	c.tries++
	spellOtherwise := c.tries%3 == 0
	c.mu.Unlock()
	call := p.createOverGRPC
	if overREST {
		call = p.createOverREST
	}
	request, _ := proto.Clone(c.request).(*enlistv1.CreateCustomerRequest)
	if spellOtherwise { // the same UUID
		request.RequestId = strings.ToUpper(request.GetRequestId())
	}
	response, err := call(ctx, request)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil {
		response.Replayed = false
		c.successes = append(c.successes, response)
		return over
	}
	said := status.Convert(err)
	switch said.Code() {
	case codes.AlreadyExists, codes.FailedPrecondition, codes.InvalidArgument, codes.NotFound, codes.Unimplemented:
		c.refusals = append(c.refusals, said)
		return over
	case codes.Aborted:
		if reason, retry := detailsOf(said); reason == enlistv1.ErrorReason_OUTCOME_UNKNOWN.String() && !retry {
			c.person = true
			return person
		}
	}
	return again
}

// detailsOf returns the reason of an error, and whether it has RetryInfo.
func detailsOf(said *status.Status) (reason string, retry bool) {
	for _, detail := range said.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			reason = detail.GetReason()
		case *errdetails.RetryInfo:
			retry = true
		}
	}
	return reason, retry
}

func (p *process) createOverGRPC(ctx context.Context, request *enlistv1.CreateCustomerRequest) (*enlistv1.CreateCustomerResponse, error) {
	return p.customers.CreateCustomer(ctx, request)
}

// createOverREST does the same over REST, with the request_id in the header.
func (p *process) createOverREST(ctx context.Context, request *enlistv1.CreateCustomerRequest) (*enlistv1.CreateCustomerResponse, error) {
	path := p.rest + "/v1/providers/" + request.GetProvider() + "/customers"
	key := request.GetRequestId()
	request.Provider, request.RequestId = "", ""
	body, err := protojson.Marshal(request)
	if err != nil {
		return nil, err
	}
	call, err := http.NewRequestWithContext(ctx, http.MethodPost, path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	call.GetBody = nil // the client must not repeat the request
	call.Header.Set("Content-Type", "application/json")
	call.Header.Set("Idempotency-Key", key)
	answer, err := http.DefaultClient.Do(call)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", status.Error(codes.Unavailable, "no response"), err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, status.Error(codes.Unavailable, err.Error())
	}
	if answer.StatusCode == http.StatusOK {
		response := &enlistv1.CreateCustomerResponse{}
		return response, protojson.Unmarshal(text, response)
	}
	said := &spb.Status{}
	if err := protojson.Unmarshal(text, said); err != nil {
		return nil, errors.Join(err, errors.New(string(text)))
	}
	return nil, status.ErrorProto(said)
}

// manner is how a caller repeats a request.
type manner struct {
	// hurried: some of the requests have a very short deadline.
	hurried bool
	// leaves: after a response that is not final the caller pauses for a while.
	leaves bool
	// never: and does not return.
	never bool
}

// pursue repeats a request until the response is final, or the manner of the caller ends it.
func (c *create) pursue(ctx context.Context, w *world, m manner) {
	for ctx.Err() == nil {
		p := w.server(ctx)
		if p == nil {
			return
		}
		patience := 4 * time.Second
		if m.hurried && w.percent(50) {
			patience = w.between(10*time.Millisecond, 400*time.Millisecond)
		}
		within, cancel := context.WithTimeout(ctx, patience)
		said := c.try(within, p, w.percent(40))
		cancel()
		if said != again || m.never {
			return
		}
		pause := w.between(5*time.Millisecond, 250*time.Millisecond)
		if m.leaves && w.percent(50) {
			pause = w.between(500*time.Millisecond, 2500*time.Millisecond)
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}

// callers sends requests in several manners: steadily, in a hurry, twice at once, with pauses, or
// only once. It returns the creations when all callers are done.
func callers(ctx context.Context, w *world, creates []*create, atOnce int) {
	queue := make(chan *create)
	var working sync.WaitGroup
	for range atOnce {
		working.Go(func() {
			for c := range queue {
				var together sync.WaitGroup
				for _, m := range mannersOf(w.chance) {
					together.Go(func() { c.pursue(ctx, w, m) })
				}
				together.Wait()
			}
		})
	}
	for _, c := range creates {
		queue <- c
	}
	close(queue)
	working.Wait()
}

// mannersOf returns the manners of the callers that send a request at the same time.
func mannersOf(c *chance) []manner {
	switch roll := c.upTo(100); {
	case roll < 35:
		return []manner{{}}
	case roll < 50:
		return []manner{{hurried: true}}
	case roll < 70:
		return []manner{{}, {hurried: c.percent(50)}}
	case roll < 80:
		return []manner{{}, {}, {never: true}}
	case roll < 92:
		return []manner{{leaves: true, hurried: c.percent(50)}}
	default:
		return []manner{{never: true, hurried: c.percent(50)}}
	}
}
