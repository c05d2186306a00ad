package cli

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"github.com/enlist-dev/enlist/client"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// watchEvery is how often a watch reads the list.
const watchEvery = 2 * time.Second

// watch shows the list until the context ends. On a terminal it draws the list again, elsewhere it
// prints a line for each change. It goes on while the server is away.
func (c *listOperationsCommand) watch(ctx context.Context, s *streams, connection *grpc.ClientConn) error {
	_, _, isTerminal := terminalSize(s.out)
	seen, away := map[string]*enlistv1.Operation{}, false
	for ctx.Err() == nil {
		listed, err := c.list(ctx, s, connection)
		switch {
		case ctx.Err() != nil: // the error is of the end
		case isTransient(err):
			if !away {
				_, _ = fmt.Fprintf(s.err, "The server does not respond (%s). The watch goes on.\n", summary(err))
			}
			away = true
		case err != nil:
			return c.explained(err)
		case isTerminal && c.Output != "json":
			away = false
			err = c.draw(s, listed)
		default:
			away = false
			err = c.printChanges(ctx, s, connection, seen, listed)
		}
		if err != nil && !away && ctx.Err() == nil {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(watchEvery):
		}
	}
	return nil
}

// isTransient reports whether the next read of a list may succeed.
func isTransient(err error) bool {
	switch status.Code(err) {
	case codes.Unavailable, codes.DeadlineExceeded, codes.ResourceExhausted:
		return true
	}
	return false
}

// draw clears the terminal and prints the list, as far as it fits.
func (c *listOperationsCommand) draw(s *streams, listed *enlistv1.ListOperationsResponse) error {
	columns, lines, _ := terminalSize(s.out)
	shown := listed.GetOperations()
	if fits := max(lines-8, 1); len(shown) > fits { // header, next command on some lines, last line
		shown = shown[:fits]
	}
	var screen bytes.Buffer
	if err := c.print(&screen, shown, columns); err != nil {
		return err
	}
	total := fmt.Sprint(len(listed.GetOperations()))
	if listed.GetNextPageToken() != "" {
		total = "more than " + total
	}
	_, err := fmt.Fprintf(s.out, "\x1b[H\x1b[2J%s%s: %d of %s operations. Ctrl-C ends.\n",
		screen.String(), time.Now().Format(time.TimeOnly), len(shown), total)
	return err
}

// printChanges prints each operation that is new in the list, or whose state or reason changed.
func (c *listOperationsCommand) printChanges(
	ctx context.Context, s *streams, connection *grpc.ClientConn, seen map[string]*enlistv1.Operation, listed *enlistv1.ListOperationsResponse,
) error {
	missing := map[string]*enlistv1.Operation{}
	for key, operation := range seen {
		missing[key] = operation
	}
	for i := range listed.GetOperations() {
		operation := listed.GetOperations()[len(listed.GetOperations())-1-i] // the oldest first
		key := operation.GetProvider() + " " + operation.GetRequestId() + " " + operation.GetPrincipal()
		before := seen[key]
		delete(missing, key)
		seen[key] = operation
		if before.GetState() == operation.GetState() && before.GetReason() == operation.GetReason() {
			continue
		}
		if err := c.printChange(s, operation); err != nil {
			return err
		}
	}
	if listed.GetNextPageToken() != "" {
		return nil // newer ones may have displaced them
	}
	for key, operation := range missing {
		now, err := read(ctx, &enlistv1.GetOperationRequest{
			Provider: operation.GetProvider(), RequestId: operation.GetRequestId(), Principal: proto.String(operation.GetPrincipal()),
		}, enlistv1.NewOperationServiceClient(connection).GetOperation)
		if isTransient(err) {
			continue // until the next time
		}
		delete(seen, key)
		if client.Reason(err) == enlistv1.ErrorReason_OPERATION_NOT_FOUND || now.GetOperation().GetState() == operation.GetState() {
			continue // its time is over
		}
		if err != nil {
			return c.explained(err)
		}
		if err := c.printChange(s, withoutExchanges(now.GetOperation())); err != nil {
			return err
		}
	}
	return nil
}

// withoutExchanges removes what a list does not have.
func withoutExchanges(operation *enlistv1.Operation) *enlistv1.Operation {
	for _, try := range operation.GetTries() {
		try.Request, try.ResponseBody, try.Curl = nil, "", ""
	}
	return operation
}

func (c *listOperationsCommand) printChange(s *streams, operation *enlistv1.Operation) error {
	if c.Output == "json" {
		line, err := protojson.Marshal(operation)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(s.out, escaped(string(line)))
		return err
	}
	row := rowOf(operation)
	row[0] = time.Now().Format(time.TimeOnly)
	for i := range row {
		row[i] = printable(row[i])
	}
	_, err := fmt.Fprintf(s.out, "%s  %-12s  %s  %s  %s  %s  %s\n", row[0], row[1], row[2], row[3], row[4], row[5], row[6])
	return err
}
