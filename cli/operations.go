package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/enlist-dev/enlist/client"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/internal/shell"
)

type operationsCommand struct {
	List    listOperationsCommand   `cmd:"" help:"List creations, newest first: those of all callers, if you may see them."`
	Get     getOperationCommand     `cmd:"" help:"Show why a creation waits, its attempts, and what to do next."`
	Wait    waitOperationCommand    `cmd:"" help:"Wait until the outcome of a creation is known."`
	Resolve resolveOperationCommand `cmd:"" help:"Record a person's decision on a creation."`
}

const (
	everybody    = "*" // as the principal of a list
	allProviders = "-" // as the provider of a list
)

// operationKey names one operation.
type operationKey struct {
	RequestID string  `arg:"" help:"The request_id of the creation, a UUID." name:"request-id"`
	Provider  string  `help:"Name of the provider. Default: any." short:"p" placeholder:"NAME"`
	Principal *string `help:"Caller of the creation. Default: you, then any." placeholder:"NAME"`
}

func (k *operationKey) validate() error {
	id, err := uuid.Parse(k.RequestID)
	if err != nil || len(k.RequestID) != len(id.String()) {
		return errors.New("REQUEST-ID must be a UUID; `enlist operations list` shows it")
	}
	k.RequestID = id.String()
	return nil
}

// flags says how the command line names the fields of a request about one operation.
func (k *operationKey) flags() map[string]string {
	return map[string]string{
		"provider": "--provider", "request_id": "REQUEST-ID", "principal": "--principal", "timeout": "--timeout", "customer_id": "--succeeded",
		"decision": "--succeeded or --failed", "decided_by": "--by", "reason": "--reason", "unverified": "--unverified",
	}
}

// find completes the key, and returns the operation: the caller's own, or else one of any caller.
// It fails if there are several.
func (k *operationKey) find(ctx context.Context, connection *grpc.ClientConn) (*enlistv1.Operation, error) {
	own, err := k.own(ctx, connection)
	if err != nil || own != nil || k.Principal != nil {
		return own, err
	}
	var found []*enlistv1.Operation
	operations := enlistv1.NewOperationServiceClient(connection)
	for _, state := range []enlistv1.OperationState{
		enlistv1.OperationState_OPERATION_STATE_NEEDS_PERSON, enlistv1.OperationState_OPERATION_STATE_UNKNOWN,
		enlistv1.OperationState_OPERATION_STATE_INTENT, enlistv1.OperationState_OPERATION_STATE_UNSPECIFIED,
	} {
		request := &enlistv1.ListOperationsRequest{Provider: allProviders, Principal: proto.String(everybody), State: state, PageSize: searched}
		if k.Provider != "" {
			request.Provider = k.Provider
		}
		page, err := read(ctx, request, operations.ListOperations)
		switch client.Reason(err) {
		case enlistv1.ErrorReason_NOT_PERMITTED:
			return nil, k.notFound("you have no such operation, and only operators see those of others")
		case enlistv1.ErrorReason_ERROR_REASON_UNSPECIFIED:
		default:
			return nil, err
		}
		if err != nil {
			return nil, err
		}
		for _, operation := range page.GetOperations() {
			isKnown := slices.ContainsFunc(found, func(other *enlistv1.Operation) bool {
				return other.GetProvider() == operation.GetProvider() && other.GetPrincipal() == operation.GetPrincipal()
			})
			if operation.GetRequestId() == k.RequestID && !isKnown {
				found = append(found, operation)
			}
		}
	}
	if len(found) == 0 {
		return nil, k.notFound(fmt.Sprintf("the latest %d operations, and those without an outcome, do not include it", searched))
	}
	return k.take(found)
}

// searched is how many operations of each kind a search reads.
const searched = 1000

// own returns the operation of the caller, or of the principal in the key. It returns nil if there
// is none.
func (k *operationKey) own(ctx context.Context, connection *grpc.ClientConn) (*enlistv1.Operation, error) {
	names := []string{k.Provider}
	if k.Provider == "" {
		listed, err := allOfProviders(ctx, connection)
		if err != nil {
			return nil, err
		}
		names = names[:0]
		for _, provider := range listed.GetProviders() {
			names = append(names, provider.GetName())
		}
	}
	operations := enlistv1.NewOperationServiceClient(connection)
	var missing error
	var owned []*enlistv1.Operation
	for _, name := range names {
		found, err := read(ctx, &enlistv1.GetOperationRequest{Provider: name, RequestId: k.RequestID, Principal: k.Principal}, operations.GetOperation)
		switch {
		case err == nil:
			owned = append(owned, found.GetOperation())
			continue
		case client.Reason(err) != enlistv1.ErrorReason_OPERATION_NOT_FOUND && (k.Provider != "" || client.Reason(err) != enlistv1.ErrorReason_NOT_PERMITTED):
			return nil, err
		}
		missing = err
	}
	switch {
	case len(owned) > 0:
		return k.take(owned)
	case k.Principal != nil:
		return nil, missing
	}
	return nil, nil //nolint:nilnil // another caller may have it
}

// take completes the key with that of the one operation. It does not choose one of several.
func (k *operationKey) take(found []*enlistv1.Operation) (*enlistv1.Operation, error) {
	if len(found) > 1 {
		said := "several operations have this request_id. Name one with"
		for _, operation := range found {
			said += "\n  -p " + shell.Word(operation.GetProvider()) + " --principal=" + shell.Word(operation.GetPrincipal()) + "  (" + stateOf(operation) + ")"
		}
		return nil, errors.New(said)
	}
	k.Provider = found[0].GetProvider()
	if k.Principal == nil {
		k.Principal = proto.String(found[0].GetPrincipal())
	}
	return found[0], nil
}

func (k *operationKey) notFound(why string) error {
	return fmt.Errorf("%v: %s. Name it with --provider and --principal", enlistv1.ErrorReason_OPERATION_NOT_FOUND, why)
}

// commandFor returns a command on an operation, to paste.
func (r *serverFlags) commandFor(verb string, operation *enlistv1.Operation, arguments ...string) string {
	words := []string{"enlist", "operations", verb, operation.GetRequestId(), "-p", operation.GetProvider()}
	if principal := operation.GetPrincipal(); principal != "" {
		words = append(words, "--principal="+principal)
	}
	return r.command(append(words, arguments...)...)
}

// command returns a command of Enlist, to paste. It has the flags of the connection that the
// environment does not set, but never the API key.
func (r *serverFlags) command(words ...string) string {
	if r.Server != cmp.Or(os.Getenv("ENLIST_SERVER"), defaultServer) {
		words = append(words, "--server="+r.Server)
	}
	for _, file := range []struct{ flag, name string }{{"--ca-file=", r.CAFile}, {"--cert-file=", r.CertFile}, {"--key-file=", r.KeyFile}} {
		if file.name != "" {
			words = append(words, file.flag+file.name)
		}
	}
	for i, word := range words {
		words[i] = shell.Word(word)
	}
	return strings.Join(words, " ")
}

// valueNames returns the values of an enum as the command line has them, with commas between:
// needs-person.
func valueNames(enum protoreflect.Enum, prefix string) string {
	var names []string
	for i := range enum.Descriptor().Values().Len() {
		if value := enum.Descriptor().Values().Get(i); value.Number() != 0 {
			names = append(names, plainName(strings.TrimPrefix(string(value.Name()), prefix)))
		}
	}
	return strings.Join(names, ",")
}

// plainName returns a name as the command line has it. enumName returns it as the contract has it.
func plainName(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "-")) }
func enumName(name string) string  { return strings.ToUpper(strings.ReplaceAll(name, "-", "_")) }

// stateOf returns the state of an operation as the command line has it.
func stateOf(operation *enlistv1.Operation) string {
	return plainName(shortName(operation.GetState(), "OPERATION_STATE_"))
}

// since returns how long ago a time was, in one unit.
func since(at time.Time) string {
	ago := max(time.Since(at), 0)
	switch {
	case ago < time.Minute:
		return fmt.Sprintf("%ds", int(ago.Seconds()))
	case ago < time.Hour:
		return fmt.Sprintf("%dm", int(ago.Minutes()))
	case ago < 48*time.Hour:
		return fmt.Sprintf("%dh", int(ago.Hours()))
	default:
		return fmt.Sprintf("%dd", int(ago.Hours()/24))
	}
}
