package cli

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/enlist-dev/enlist/client"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

type listOperationsCommand struct {
	Provider   string        `help:"Name of the provider. Default: all." short:"p" placeholder:"NAME"`
	State      string        `help:"Only in this state, such as needs-person." enum:",${states}" default:"" placeholder:"STATE"`
	Reason     string        `help:"Only for this reason, such as no-response." enum:",${reasons}" default:"" placeholder:"REASON"`
	CustomerID string        `help:"Only of the customer with this id." name:"customer-id" placeholder:"ID"`
	OlderThan  time.Duration `help:"Only from before this time ago, such as 1h." placeholder:"TIME"`
	Since      time.Duration `help:"Only from within this time, such as 24h." placeholder:"TIME"`
	Principal  *string       `help:"Only of this caller. Default: all." xor:"whose" placeholder:"NAME"`
	Mine       bool          `help:"Only your own." xor:"whose"`
	Limit      int           `help:"How many at most (${default})." default:"100" placeholder:"COUNT"`
	Watch      bool          `help:"Show changes until you press Ctrl-C." short:"w"`
	remote     `embed:""`
}

// Validate checks the flags.
func (c *listOperationsCommand) Validate() error {
	switch {
	case c.Limit <= 0:
		return errors.New("--limit must be greater than 0, for example 100")
	case c.OlderThan < 0 || c.Since < 0:
		return errors.New("--older-than and --since must not be negative, for example 1h")
	}
	return c.validate()
}

// Run prints operations.
func (c *listOperationsCommand) Run(ctx context.Context, s *streams) error {
	connection, err := c.connect()
	if err != nil {
		return err
	}
	defer func() { _ = connection.Close() }()
	if c.Watch {
		return c.watch(ctx, s, connection)
	}
	listed, err := c.list(ctx, s, connection)
	if err != nil {
		return c.explained(err)
	}
	if listed.GetNextPageToken() != "" {
		_, _ = fmt.Fprintf(s.err, "There are more operations: set --limit above %d.\n", c.Limit)
	}
	if c.Output == "json" {
		return printJSON(s.out, listed)
	}
	columns, _, _ := terminalSize(s.out)
	return c.print(s.out, listed.GetOperations(), columns)
}

func (c *listOperationsCommand) explained(err error) error {
	return c.explain(err, map[string]string{
		"provider": "--provider", "customer_id": "--customer-id", "principal": "--principal", "state": "--state", "reason_code": "--reason",
		"start_time": "--since", "end_time": "--older-than",
	})
}

// list returns the operations up to the limit. The token of the next page is that after the limit.
func (c *listOperationsCommand) list(ctx context.Context, s *streams, connection *grpc.ClientConn) (*enlistv1.ListOperationsResponse, error) {
	request := c.request()
	all := &enlistv1.ListOperationsResponse{}
	for {
		request.PageSize, request.PageToken = int32(min(c.Limit-len(all.GetOperations()), 1000)), all.GetNextPageToken() //nolint:gosec // at most 1000
		page, err := read(ctx, request, enlistv1.NewOperationServiceClient(connection).ListOperations)
		if client.Reason(err) == enlistv1.ErrorReason_NOT_PERMITTED && request.Principal != nil && c.Principal == nil {
			_, _ = fmt.Fprintln(s.err, "These are your own operations: only operators see those of others.")
			c.Mine, request.Principal = true, nil
			continue
		}
		if err != nil {
			return nil, err
		}
		all.Operations, all.NextPageToken = append(all.Operations, page.GetOperations()...), page.GetNextPageToken()
		if all.GetNextPageToken() == "" || len(all.GetOperations()) >= c.Limit {
			return all, nil
		}
	}
}

func (c *listOperationsCommand) request() *enlistv1.ListOperationsRequest {
	request := &enlistv1.ListOperationsRequest{
		Provider: cmp.Or(c.Provider, allProviders), CustomerId: c.CustomerID, Principal: c.Principal,
		State:      enlistv1.OperationState(enlistv1.OperationState_value["OPERATION_STATE_"+enumName(c.State)]),
		ReasonCode: enlistv1.OperationReason(enlistv1.OperationReason_value["OPERATION_REASON_"+enumName(c.Reason)]),
	}
	if c.Principal == nil && !c.Mine {
		request.Principal = proto.String(everybody)
	}
	if c.OlderThan > 0 {
		request.EndTime = timestamppb.New(time.Now().Add(-c.OlderThan))
	}
	if c.Since > 0 {
		request.StartTime = timestamppb.New(time.Now().Add(-c.Since))
	}
	return request
}

// print prints a table, and the command for the first operation that needs a person, or else for
// the first. It cuts the table to a number of columns, unless that is 0.
func (c *listOperationsCommand) print(out io.Writer, operations []*enlistv1.Operation, columns int) error {
	if len(operations) == 0 {
		_, err := fmt.Fprintln(out, "There are no such operations.")
		return err
	}
	rows, next := make([][]string, len(operations)), operations[0]
	for i, operation := range operations {
		rows[i] = rowOf(operation)
		if operation.GetState() == enlistv1.OperationState_OPERATION_STATE_NEEDS_PERSON && next.GetState() != operation.GetState() {
			next = operation
		}
	}
	var table bytes.Buffer
	if err := printTable(&table, []string{"AGE", "STATE", "PROVIDER", "CUSTOMER", "REQUEST_ID", "PRINCIPAL", "REASON"}, rows); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "%s\nNext:\n  %s\n", cutLines(table.String(), columns), c.commandFor("get", next))
	return err
}

// rowOf returns an operation as a row of a table.
func rowOf(operation *enlistv1.Operation) []string {
	return []string{
		since(operation.GetCreateTime().AsTime()), stateOf(operation), operation.GetProvider(), cmp.Or(operation.GetCustomerId(), "-"),
		operation.GetRequestId(), cmp.Or(operation.GetPrincipal(), "-"), whyOf(operation),
	}
}

// whyOf says why an operation waits, or which error ended it.
func whyOf(operation *enlistv1.Operation) string {
	if failure := operation.GetError(); failure != nil {
		return cmp.Or(operation.GetReason(), failure.GetMessage())
	}
	return operation.GetReason()
}
