package byhand

import (
	"context"
	"fmt"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// The states of a creation.
const (
	pending   = "pending"
	succeeded = "succeeded"
)

// table holds the creations.
type table interface {
	// intend records a creation before the vendor request. If the request id is there already, it
	// returns the state and the response of that creation, and false.
	intend(ctx context.Context, requestID, customerID string, request []byte) (state string, response []byte, fresh bool, err error)
	// conclude records the response.
	conclude(ctx context.Context, requestID, state string, response []byte) error
	close() error
}

// Durable is a Bare that calls the vendor once for each request id.
type Durable struct {
	Bare
	table table
}

// CreateCustomer records the intent, posts the customer and records the result. A repeated request
// gets the recorded response. Without a recorded response the vendor may have acted, and
// CreateCustomer returns ABORTED.
func (d *Durable) CreateCustomer(ctx context.Context, request *enlistv1.CreateCustomerRequest) (*enlistv1.CreateCustomerResponse, error) {
	body, err := proto.Marshal(request.GetCustomer())
	if err != nil {
		return nil, err
	}
	id := request.GetRequestId()
	state, recorded, fresh, err := d.table.intend(ctx, id, request.GetCustomer().GetId(), body)
	switch {
	case err != nil:
		return nil, status.Errorf(codes.Unavailable, "cannot record the request: %v", err)
	case !fresh && state != succeeded:
		return nil, status.Error(codes.Aborted, "the outcome of this request is unknown. Check at the vendor")
	case !fresh:
		response := &enlistv1.CreateCustomerResponse{}
		if err := proto.Unmarshal(recorded, response); err != nil {
			return nil, err
		}
		response.Replayed = true
		return response, nil
	}
	response, err := d.Bare.CreateCustomer(ctx, request)
	if err != nil {
		return nil, fmt.Errorf("the outcome is unknown: %w", err) // the row stays pending
	}
	body, err = proto.Marshal(response)
	if err != nil {
		return nil, err
	}
	if err := d.table.conclude(ctx, id, succeeded, body); err != nil {
		return nil, status.Errorf(codes.Unavailable, "cannot record the response: %v", err)
	}
	return response, nil
}

// Close closes the table.
func (d *Durable) Close() error { return d.table.close() }
