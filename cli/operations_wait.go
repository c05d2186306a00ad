package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/durationpb"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

type waitOperationCommand struct {
	operationKey `embed:""`
	Timeout      time.Duration `help:"How long to wait. Default: 5m." default:"5m" placeholder:"TIME"`
	remote       `embed:""`
}

// Help says what the exit status means.
func (waitOperationCommand) Help() string {
	return "Exit status: 0 if the customer exists, 1 if nothing was created, 2 if the outcome is not known yet, 3 if a person must decide."
}

// Validate checks the flags.
func (c *waitOperationCommand) Validate() error {
	if c.Timeout <= 0 {
		return errors.New("--timeout must be greater than 0, for example 5m")
	}
	return errors.Join(c.operationKey.validate(), c.remote.validate())
}

// Run waits for the outcome and prints it.
func (c *waitOperationCommand) Run(ctx context.Context, s *streams) error {
	connection, err := c.connect()
	if err != nil {
		return err
	}
	defer func() { _ = connection.Close() }()
	if _, err := c.find(ctx, connection); err != nil {
		return c.explainFound(err, &c.operationKey)
	}
	response, err := c.wait(ctx, connection)
	if err != nil {
		return c.explain(err, c.flags())
	}
	operation := response.GetOperation()
	if c.Output == "json" {
		err = printJSON(s.out, response)
	} else {
		err = printOperation(s.out, operation)
	}
	return errors.Join(err, c.outcome(operation))
}

// waitAtOnce is how long one call waits. It is less than the limit of proxies on the way.
const waitAtOnce = 20 * time.Second

// wait calls WaitOperation until the outcome is known or the time is over. It goes on while the
// server is away.
func (c *waitOperationCommand) wait(ctx context.Context, connection *grpc.ClientConn) (*enlistv1.WaitOperationResponse, error) {
	request := &enlistv1.WaitOperationRequest{Provider: c.Provider, RequestId: c.RequestID, Principal: c.Principal}
	for end := time.Now().Add(c.Timeout); ; {
		left := time.Until(end)
		request.Timeout = durationpb.New(max(min(left, waitAtOnce), 0))
		response, err := read(ctx, request, enlistv1.NewOperationServiceClient(connection).WaitOperation)
		over := time.Until(end) <= 0 || ctx.Err() != nil
		if err == nil && (over || !isOpen(response.GetOperation())) || err != nil && (over || !isTransient(err)) {
			return response, err
		}
		if err != nil {
			select {
			case <-ctx.Done():
			case <-time.After(watchEvery):
			}
		}
	}
}

// isOpen reports whether Enlist still works on an operation.
func isOpen(operation *enlistv1.Operation) bool {
	return operation.GetState() == enlistv1.OperationState_OPERATION_STATE_INTENT || operation.GetState() == enlistv1.OperationState_OPERATION_STATE_UNKNOWN
}

// outcome returns the error of an operation without a customer, with the exit status.
func (c *waitOperationCommand) outcome(operation *enlistv1.Operation) error {
	switch {
	case operation.GetState() == enlistv1.OperationState_OPERATION_STATE_SUCCEEDED:
		return nil
	case isOpen(operation):
		return &failure{fmt.Errorf("the outcome is not known yet: wait again\n  %s", c.commandFor("wait", operation)), exitNotSettled}
	case operation.GetState() == enlistv1.OperationState_OPERATION_STATE_NEEDS_PERSON:
		return &failure{fmt.Errorf("a person must decide: read why\n  %s", c.commandFor("get", operation)), exitNeedsPerson}
	default:
		return fmt.Errorf("the creation ended in state %s", stateOf(operation))
	}
}
