package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"google.golang.org/grpc"

	"github.com/enlist-dev/enlist/cli/requestids"
	"github.com/enlist-dev/enlist/client"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// This file is about the request_id of `enlist customers create`. A repeated command finds the
// request_id of the first, and decides whether it may still use it.

// identify sets the request_id of a request. Unless the user sets one, it comes from the file of
// this request, which is on disk when identify returns. No other process can use it until Close.
func (c *createCommand) identify(ctx context.Context, request *enlistv1.CreateCustomerRequest) (*requestids.Entry, error) {
	if request.GetRequestId() != "" {
		return &requestids.Entry{RequestID: request.GetRequestId(), Created: time.Now(), Repeated: true}, nil // the user stores it
	}
	store, err := openState()
	if err != nil {
		return nil, err
	}
	identity, err := canonical(request)
	if err != nil {
		return nil, err
	}
	credentials, err := c.credentials()
	if err != nil {
		return nil, err
	}
	fresh := requestids.Entry{Caller: store.Caller(credentials)}
	if fresh.Server, _, err = c.address(); err != nil {
		return nil, err
	}
	entry, err := store.Begin(ctx, identity, fresh)
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return nil, &failure{errors.New("another command with the same request is still running: repeat the command later"), exitNotSettled}
	case err != nil:
		return nil, stateError(err)
	}
	if err := c.reuse(request, entry, fresh); err != nil {
		return nil, errors.Join(err, entry.Close())
	}
	request.RequestId = entry.RequestID
	return entry, nil
}

// reuse decides whether the entry of an earlier command serves this one.
func (c *createCommand) reuse(request *enlistv1.CreateCustomerRequest, entry *requestids.Entry, fresh requestids.Entry) error {
	isUpdate := request.GetOnExisting() == enlistv1.OnExisting_ON_EXISTING_UPDATE && request.GetCustomer().GetId() != ""
	switch {
	case entry.Caller != fresh.Caller: // the server knows a request_id by its caller
		err := fmt.Errorf("request_id %s of the same request was sent with other credentials: use those again. "+
			"If these credentials are the same caller's, add --request-id %[1]s. If the customer must be created once more, use another UUID",
			entry.RequestID)
		if entry.Settled {
			return err
		}
		return &failure{err, exitNotSettled}
	case entry.Settled && isUpdate: // again, after other updates perhaps; and it makes no second customer
		return entry.Renew()
	default:
		return nil
	}
}

// shortestRetention is how long every server at least remembers a request (journal.retention).
const shortestRetention = time.Hour

// ready returns an error if the server does not respond, or if it may have forgotten the request,
// which it would then send to the vendor again.
func (c *createCommand) ready(
	ctx context.Context, connection *grpc.ClientConn, request *enlistv1.CreateCustomerRequest, entry *requestids.Entry,
) error {
	within, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	_, err := enlistv1.NewProviderServiceClient(connection).GetProvider(within, &enlistv1.GetProviderRequest{Provider: request.GetProvider()})
	if isOfEnlist(err) {
		err = nil // the server responds
	}
	if address, _, _ := c.address(); err == nil && address == entry.Server && time.Since(entry.Created).Abs() > shortestRetention {
		_, err = read(ctx, &enlistv1.GetOperationRequest{Provider: request.GetProvider(), RequestId: entry.RequestID},
			enlistv1.NewOperationServiceClient(connection).GetOperation)
		switch client.Reason(err) {
		case enlistv1.ErrorReason_OPERATION_NOT_FOUND:
			return fmt.Errorf("the server no longer knows request_id %s of %s: nothing was sent, since the customer may exist. "+
				"Look for it at the vendor. If it does not exist, delete %s and repeat the command",
				entry.RequestID, entry.Created.Format(time.DateTime), entry.File)
		case enlistv1.ErrorReason_NOT_PERMITTED:
			return errors.New("the request is older than an hour, so this command must ask the server whether it still knows it: " +
				"permit GetOperation for this API key")
		default:
		}
	}
	if err == nil {
		return nil
	}
	if !entry.Repeated {
		return errors.Join(c.failed(ctx, entry, err), entry.Forget()) // nothing was sent
	}
	return c.failed(ctx, entry, err)
}

// connectTimeout bounds the first request to the server.
const connectTimeout = 10 * time.Second

// canonical returns a request as text that is the same in every version.
func canonical(request *enlistv1.CreateCustomerRequest) ([]byte, error) {
	fields, err := fieldsOf(request)
	if err != nil {
		return nil, err
	}
	return json.Marshal(fields) // sorted, and without protojson's spaces
}

// openState opens the store of request_ids.
func openState() (*requestids.Store, error) {
	folder, err := stateFolder()
	if err != nil {
		return nil, err
	}
	store, err := requestids.Open(folder)
	if err != nil {
		return nil, stateError(err)
	}
	return store, nil
}

func stateError(err error) error {
	return fmt.Errorf("could not store the request_id: %w (set ENLIST_STATE to another folder, or store a UUID yourself and set --request-id)", err)
}

// actionAfter returns what the contract tells the caller to do after an error with this reason.
func actionAfter(reason enlistv1.ErrorReason) enlistv1.CallerAction {
	return providers.ConsequencesOf(reason).GetAction()
}

// forgetIfFinal forgets a request that created no customer. The user can then remove the cause and
// repeat the command.
func forgetIfFinal(entry *requestids.Entry, err error) error {
	if errors.As(err, new(*client.NotSettledError)) {
		return nil
	}
	reason := client.Reason(err)
	if actionAfter(reason) == enlistv1.CallerAction_CALLER_ACTION_NEW_REQUEST {
		return entry.Forget()
	}
	switch reason { // the server refuses with these before it records a request
	case enlistv1.ErrorReason_INVALID_FIELD, enlistv1.ErrorReason_FIELD_NOT_SUPPORTED, enlistv1.ErrorReason_RPC_NOT_SUPPORTED,
		enlistv1.ErrorReason_NOT_PERMITTED, enlistv1.ErrorReason_CREDENTIALS_MISSING, enlistv1.ErrorReason_CREDENTIALS_INVALID,
		enlistv1.ErrorReason_PROVIDER_NOT_CONFIGURED:
		if !entry.Repeated { // no earlier command may have sent it
			return entry.Forget()
		}
	default:
	}
	return nil
}
