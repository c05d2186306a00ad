package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"

	"github.com/enlist-dev/enlist/client"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

type resolveOperationCommand struct {
	operationKey `embed:""`
	Succeeded    *string `help:"The customer exists, with this id." xor:"decision" placeholder:"ID"`
	Failed       bool    `help:"Nothing was created." xor:"decision"`
	Reason       string  `help:"Why you decide so." placeholder:"TEXT"`
	By           string  `help:"Your name. Default: ${env} of your shell." env:"USER" placeholder:"NAME"`
	Unverified   bool    `help:"Skip the check at the vendor. Needs --reason."`
	Yes          bool    `help:"Do not ask for confirmation." short:"y"`
	remote       `embed:""`
}

// Validate checks the flags.
func (c *resolveOperationCommand) Validate() error {
	switch {
	case c.Succeeded == nil && !c.Failed:
		return errors.New("missing flags: --succeeded=ID or --failed")
	case c.By == "":
		return errors.New("--by is missing: set it to your name")
	case c.Unverified && strings.TrimSpace(c.Reason) == "":
		return errors.New("--unverified needs --reason: say how you know")
	}
	return errors.Join(c.operationKey.validate(), c.remote.validate())
}

// Run records the decision.
func (c *resolveOperationCommand) Run(ctx context.Context, s *streams) error {
	connection, err := c.connect()
	if err != nil {
		return err
	}
	defer func() { _ = connection.Close() }()
	operation, err := c.find(ctx, connection)
	if err != nil {
		return c.explainFound(err, &c.operationKey)
	}
	if earlier := operation.GetDecision(); earlier != nil {
		id := operation.GetCustomerId()
		if id != "" {
			id = " with " + id
		}
		_, _ = fmt.Fprintf(s.err, "A decision stands: %s%s, by %s. Another one corrects it.\n",
			plainName(shortName(earlier.GetDecision(), "DECISION_")), printable(id), printable(earlier.GetDecidedBy()))
	}
	if err := c.confirm(ctx, s, connection); err != nil {
		return err
	}
	request := &enlistv1.ResolveOperationRequest{
		Provider: c.Provider, RequestId: c.RequestID, Principal: c.Principal, Decision: enlistv1.Decision_DECISION_FAILED,
		DecidedBy: c.By, Reason: cmp.Or(c.Reason, "decided with enlist operations resolve"), Unverified: c.Unverified,
	}
	if c.Succeeded != nil {
		request.Decision, request.CustomerId = enlistv1.Decision_DECISION_SUCCEEDED, *c.Succeeded
	}
	response, err := within(ctx, vendorTimeout, request, enlistv1.NewOperationServiceClient(connection).ResolveOperation)
	if err != nil {
		return c.refused(err, operation)
	}
	if c.Output == "json" {
		return printJSON(s.out, response)
	}
	said := "Recorded, after a check at the vendor."
	switch checkedOf(response.GetOperation(), len(response.GetOperation().GetEarlierDecisions())) {
	case checkedNothing:
		said = "Recorded without a check at the vendor."
	case checkedWait:
		said = "Recorded. Provider " + c.Provider + " offers no look-up, so Enlist checked only that the vendor's time limit has passed."
	}
	_, err = fmt.Fprintf(s.out, "%s\n\n", said)
	return errors.Join(err,
		printOperation(s.out, response.GetOperation()),
		printDecisions(s.out, response.GetOperation()),
		c.printDifferences(s.out, response))
}

// printDifferences prints how the customer of the decision differs from the request, and how to
// correct the decision.
func (c *resolveOperationCommand) printDifferences(out io.Writer, response *enlistv1.ResolveOperationResponse) error {
	var rows [][]string
	for _, one := range response.GetDifferences() {
		rows = append(rows, []string{one.GetPath(), one.GetRequested(), cmp.Or(one.GetFound(), "(none)")})
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := fmt.Fprintf(out, "\nThe customer differs from the request. If it is another one, look again, and decide with its id:\n  %s\n",
		c.commandFor("get", response.GetOperation(), "--candidates"))
	return errors.Join(err, printSection(out, []string{"FIELD", "REQUEST", "CUSTOMER"}, rows))
}

// confirm shows how the customer differs from the request, and reads a yes.
func (c *resolveOperationCommand) confirm(ctx context.Context, s *streams, connection *grpc.ClientConn) error {
	if c.Yes {
		return nil
	}
	question := "Record that nothing was created"
	if c.Succeeded != nil {
		question = "Record that the customer is " + printable(*c.Succeeded)
		shown, err := within(ctx, vendorTimeout, &enlistv1.GetOperationRequest{
			Provider: c.Provider, RequestId: c.RequestID, Principal: c.Principal, IncludeCandidates: true,
		}, enlistv1.NewOperationServiceClient(connection).GetOperation)
		if err != nil {
			_, _ = fmt.Fprintf(s.err, "Candidates are missing (%s).\n", summary(err))
		}
		for _, candidate := range shown.GetCandidates() {
			if candidate.GetCustomer().GetId() == *c.Succeeded {
				_ = printCandidates(s.err, []*enlistv1.OperationCandidate{candidate})
			}
		}
	}
	if !s.confirmed(question + ", decided by " + printable(c.By) + "?") {
		return errors.New("nothing was recorded. Type yes, or add --yes")
	}
	return nil
}

// refused returns an error of the decision as text, with the way out.
func (c *resolveOperationCommand) refused(err error, operation *enlistv1.Operation) error {
	explained := c.explain(err, c.flags())
	switch client.Reason(err) {
	case enlistv1.ErrorReason_REQUEST_IN_PROGRESS:
		wait := client.Detail[*errdetails.RetryInfo](err).GetRetryDelay().AsDuration()
		return &failure{fmt.Errorf("%w\nThe vendor may still act on the request. Repeat the command in %v", explained, wait), exitNotSettled}
	case enlistv1.ErrorReason_INVALID_FIELD:
		isOfRequest := func(violation *errdetails.BadRequest_FieldViolation) bool {
			return violation.GetField() == "request_id"
		}
		if slices.ContainsFunc(client.Detail[*errdetails.BadRequest](err).GetFieldViolations(), isOfRequest) {
			return fmt.Errorf("%w\nNothing was recorded. Look again:\n  %s", explained, c.commandFor("get", operation))
		}
		return fmt.Errorf("%w\nNothing was recorded. To choose another decision, look again:\n  %s\n"+
			"If you know better than the check, add --unverified --reason TEXT", explained, c.commandFor("get", operation))
	case enlistv1.ErrorReason_OPERATION_NOT_FOUND, enlistv1.ErrorReason_PROVIDER_NOT_CONFIGURED, enlistv1.ErrorReason_NOT_PERMITTED,
		enlistv1.ErrorReason_ERROR_REASON_UNSPECIFIED:
		return explained
	default:
		return fmt.Errorf("%w\nEnlist could not check the decision. Repeat the command later, or add --unverified --reason TEXT", explained)
	}
}
