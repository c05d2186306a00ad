package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/enlist-dev/enlist/client"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

type getOperationCommand struct {
	operationKey `embed:""`
	Candidates   *bool `help:"Look for the customer at the vendor. Default: if needed." negatable:""`
	Exchanges    bool  `help:"Add requests, responses and curl lines."`
	remote       `embed:""`
}

// Validate checks the flags.
func (c *getOperationCommand) Validate() error {
	return errors.Join(c.operationKey.validate(), c.remote.validate())
}

// Run prints one operation.
func (c *getOperationCommand) Run(ctx context.Context, s *streams) error {
	connection, err := c.connect()
	if err != nil {
		return err
	}
	defer func() { _ = connection.Close() }()
	if _, err = c.find(ctx, connection); err != nil {
		return c.explainFound(err, &c.operationKey)
	}
	response, hasLookup, err := c.get(ctx, s, connection)
	if err != nil {
		return c.explain(err, c.flags())
	}
	if c.Output == "json" {
		return printJSON(s.out, response)
	}
	return errors.Join(
		printOperation(s.out, response.GetOperation()),
		printTries(s.out, response.GetOperation().GetTries()),
		printDecisions(s.out, response.GetOperation()),
		c.printExchanges(s.out, response.GetOperation().GetTries()),
		printCandidates(s.out, response.GetCandidates()),
		c.printNext(s.out, response, hasLookup))
}

// explainFound is explain, also for an error of operationKey.find.
func (r *serverFlags) explainFound(err error, key *operationKey) error {
	if _, ofServer := status.FromError(err); !ofServer {
		return err
	}
	return r.explain(err, key.flags())
}

// get reads the operation, and its candidates if they are wanted. If only an operation that needs a
// person makes them wanted, an error costs no more than them. get also reports whether the provider
// offers a look-up of the customer, as far as is known.
func (c *getOperationCommand) get(
	ctx context.Context, s *streams, connection *grpc.ClientConn,
) (response *enlistv1.GetOperationResponse, hasLookup bool, err error) {
	operations := enlistv1.NewOperationServiceClient(connection)
	request := &enlistv1.GetOperationRequest{Provider: c.Provider, RequestId: c.RequestID, Principal: c.Principal}
	if c.Candidates != nil && *c.Candidates {
		request.IncludeCandidates = true
		response, err = within(ctx, vendorTimeout, request, operations.GetOperation)
		return response, true, err
	}
	response, err = read(ctx, request, operations.GetOperation)
	hasLookup = response.GetOperation().GetReasonCode() != enlistv1.OperationReason_OPERATION_REASON_NO_LOOKUP
	if err != nil || c.Candidates != nil || response.GetOperation().GetState() != enlistv1.OperationState_OPERATION_STATE_NEEDS_PERSON {
		return response, hasLookup, err
	}
	withCandidates := proto.CloneOf(request)
	withCandidates.IncludeCandidates = true
	full, err := within(ctx, vendorTimeout, withCandidates, operations.GetOperation)
	if err == nil {
		return full, true, nil
	}
	switch client.Reason(err) {
	case enlistv1.ErrorReason_RPC_NOT_SUPPORTED:
		_, _ = fmt.Fprintf(s.err, "Provider %s offers no look-up: there are no candidates to show.\n", printable(c.Provider))
		return response, false, nil
	case enlistv1.ErrorReason_NOT_PERMITTED:
		_, _ = fmt.Fprintln(s.err, "Candidates are missing: only operators may look at the vendor.")
	default:
		_, _ = fmt.Fprintf(s.err, "Candidates are missing: the look at the vendor failed (%s).\n", summary(err))
	}
	return response, hasLookup, nil
}

// printOperation prints the state of an operation, why, and its result.
func printOperation(out io.Writer, operation *enlistv1.Operation) error {
	rows := [][]string{
		{"state", stateOf(operation)},
		{"why", operation.GetReason()},
		{"next", nextOf(operation)},
		{"provider", operation.GetProvider()},
		{"request_id", operation.GetRequestId()},
		{"principal", operation.GetPrincipal()},
		{"customer", operation.GetCustomerId()},
		{"created", timeOf(operation.GetCreateTime())},
		{"updated", timeOf(operation.GetUpdateTime())},
	}
	if erasure := operation.GetErasure(); erasure != nil {
		rows = append(rows, []string{"erased", timeOf(erasure.GetEraseTime()) + ", by " + erasure.GetDecidedBy() + ": " + erasure.GetReason()})
	}
	if failure := operation.GetError(); failure != nil {
		err := status.ErrorProto(failure)
		rows = append(rows, []string{"error", client.Reason(err).String() + ": " + failure.GetMessage()})
	}
	if response := operation.GetResponse(); response != nil {
		rows = append(rows, []string{"outcome", shortName(response.GetOutcome(), "OUTCOME_")})
	}
	var set [][]string
	for _, row := range rows {
		if row[1] != "" {
			set = append(set, row)
		}
	}
	return printTable(out, []string{"OPERATION", ""}, set)
}

// nextOf says who acts next, and when.
func nextOf(operation *enlistv1.Operation) string {
	value := operation.GetState().Descriptor().Values().ByNumber(operation.GetState().Number())
	if value == nil {
		return "" // of a newer server
	}
	actor, _ := proto.GetExtension(value.Options(), enlistv1.E_NextActor).(enlistv1.Actor)
	switch actor {
	case enlistv1.Actor_ACTOR_ENLIST:
		next := "Enlist finds out"
		if at := operation.GetNextCheckTime(); at != nil {
			next += ". It looks again at " + timeOf(at)
		}
		return next
	case enlistv1.Actor_ACTOR_CALLER:
		return "the caller may repeat the same request_id"
	case enlistv1.Actor_ACTOR_PERSON:
		return "a person must decide"
	default:
		return "nothing: the outcome is final"
	}
}

func timeOf(at *timestamppb.Timestamp) string {
	if at == nil {
		return ""
	}
	return at.AsTime().Format(time.RFC3339)
}

// printTries prints what was sent to the vendor.
func printTries(out io.Writer, tries []*enlistv1.OperationTry) error {
	rows := make([][]string, len(tries))
	for i, try := range tries {
		took := "in progress"
		if try.GetEndTime() != nil {
			took = try.GetEndTime().AsTime().Sub(try.GetStartTime().AsTime()).Round(time.Millisecond).String()
		}
		answered := ""
		if try.GetHttpStatus() != 0 {
			answered = fmt.Sprint(try.GetHttpStatus())
		}
		rows[i] = []string{
			fmt.Sprint(try.GetNumber()), plainName(shortName(try.GetKind(), "TRY_KIND_")), timeOf(try.GetStartTime()), took,
			plainName(shortName(try.GetStage(), "SEND_STAGE_")), answered, try.GetError(),
		}
	}
	return printSection(out, []string{"ATTEMPT", "KIND", "START", "TOOK", "STAGE", "HTTP", "ERROR"}, rows)
}

// decisionsOf returns the decisions of people on an operation, oldest first.
func decisionsOf(operation *enlistv1.Operation) []*enlistv1.OperationDecision {
	decisions := operation.GetEarlierDecisions()
	if operation.GetDecision() != nil {
		decisions = append(decisions[:len(decisions):len(decisions)], operation.GetDecision())
	}
	return decisions
}

// What Enlist checked of a decision.
const (
	checkedAll     = "yes"
	checkedWait    = "wait only" // that the vendor's time limit has passed
	checkedNothing = "no"
	checkedUnknown = "unknown" // Enlist no longer has the attempts
)

// checkedOf says what Enlist checked of a decision, by its place in decisionsOf. At a vendor with a
// look-up, there is one before a decision that nothing was created.
func checkedOf(operation *enlistv1.Operation, place int) string {
	decisions := decisionsOf(operation)
	decision := decisions[place]
	switch {
	case decision.GetUnverified():
		return checkedNothing
	case decision.GetDecision() != enlistv1.Decision_DECISION_FAILED:
		return checkedAll
	case len(operation.GetTries()) == 0:
		return checkedUnknown
	}
	var earlier time.Time
	if place > 0 {
		earlier = decisions[place-1].GetDecideTime().AsTime()
	}
	for _, try := range operation.GetTries() {
		start := try.GetStartTime().AsTime()
		if try.GetKind() == enlistv1.TryKind_TRY_KIND_LOOKUP && start.After(earlier) && !start.After(decision.GetDecideTime().AsTime()) {
			return checkedAll
		}
	}
	return checkedWait
}

// printDecisions prints the decisions of people, oldest first.
func printDecisions(out io.Writer, operation *enlistv1.Operation) error {
	decisions := decisionsOf(operation)
	rows := make([][]string, len(decisions))
	for i, decision := range decisions {
		rows[i] = []string{
			plainName(shortName(decision.GetDecision(), "DECISION_")), timeOf(decision.GetDecideTime()), decision.GetDecidedBy(),
			decision.GetPrincipal(), checkedOf(operation, i), decision.GetReason(),
		}
	}
	return printSection(out, []string{"DECISION", "TIME", "BY", "PRINCIPAL", "CHECKED", "REASON"}, rows)
}

// printExchanges prints each request and its response.
func (c *getOperationCommand) printExchanges(out io.Writer, tries []*enlistv1.OperationTry) error {
	if !c.Exchanges {
		return nil
	}
	var text strings.Builder
	for _, try := range tries {
		fmt.Fprintf(&text, "\nATTEMPT %d\n", try.GetNumber())
		if try.GetRequest() == nil {
			text.WriteString("Enlist no longer has the request.\n")
			continue
		}
		fmt.Fprintf(&text, "%s\n\nresponse:\n%s\n\n%s\n", requestText(try.GetRequest()), cmp.Or(try.GetResponseBody(), "none"), try.GetCurl())
	}
	_, err := io.WriteString(out, onTerminal(text.String()))
	return err
}

// printNext prints the commands that settle an operation.
func (c *getOperationCommand) printNext(out io.Writer, response *enlistv1.GetOperationResponse, hasLookup bool) error {
	operation := response.GetOperation()
	resolve := func(decision string) string {
		if os.Getenv("USER") == "" { // the default of --by
			return c.commandFor("resolve", operation, decision, "--by=NAME")
		}
		return c.commandFor("resolve", operation, decision)
	}
	var text strings.Builder
	switch operation.GetState() {
	case enlistv1.OperationState_OPERATION_STATE_NEEDS_PERSON:
		if hasLookup {
			text.WriteString("\nDecide with one of these commands. Enlist checks the decision first.\n")
		} else {
			fmt.Fprintf(&text, "\nDecide with one of these commands. Provider %s offers no look-up.\n"+
				"Look for the customer there before you choose --failed.\n", printable(operation.GetProvider()))
		}
		for _, candidate := range response.GetCandidates() {
			id := candidate.GetCustomer().GetId()
			fmt.Fprintf(&text, "\n%s is the customer%s:\n  %s\n", printable(id), differing(candidate), resolve("--succeeded="+id))
		}
		if len(response.GetCandidates()) == 0 {
			fmt.Fprintf(&text, "\nThe customer exists, with its id in place of CUSTOMER_ID:\n  %s\n", resolve("--succeeded=CUSTOMER_ID"))
		}
		fmt.Fprintf(&text, "\nNothing was created:\n  %s\n", resolve("--failed"))
	case enlistv1.OperationState_OPERATION_STATE_INTENT, enlistv1.OperationState_OPERATION_STATE_UNKNOWN:
		fmt.Fprintf(&text, "\nNext:\n  %s\n", c.commandFor("wait", operation))
	}
	_, err := io.WriteString(out, text.String())
	return err
}
