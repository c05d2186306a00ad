package once

import (
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/rules"
)

// Operation returns the record of a create; reason OPERATION_NOT_FOUND when there is none.
func (s *Service) Operation(ctx context.Context, key journal.Key) (*journal.Record, error) {
	record, err := s.get(ctx, key)
	switch {
	case err != nil:
		return nil, journalUnreadable(err)
	case record == nil:
		return nil, &providers.Error{
			Reason: enlistv1.ErrorReason_OPERATION_NOT_FOUND,
			Message: "No create with this request_id is recorded for this caller at provider " + key.Provider +
				". Previews are not recorded, nor creates that were refused because of their fields; ListOperations lists those that are.",
		}
	}
	return record, nil
}

// Operations lists records, newest first.
func (s *Service) Operations(ctx context.Context, query journal.Query) ([]*journal.Record, error) {
	records, err := s.journal.List(ctx, query)
	if err != nil {
		return nil, journalUnreadable(err)
	}
	return records, nil
}

// ExpireTime returns when a record will be forgotten; zero while it is kept for as long as it takes.
func (s *Service) ExpireTime(record *journal.Record) time.Time {
	if record.IsOpen() || record.State == needsPerson {
		return time.Time{}
	}
	return record.Updated.Add(s.retention)
}

// Wait returns the record of a create once that has come to rest, in any state but INTENT and UNKNOWN, or as it is when the context ends.
// It looks into an unknown outcome itself.
func (s *Service) Wait(ctx context.Context, key journal.Key) (*journal.Record, error) {
	ctx, cancel := patient(ctx)
	defer cancel()
	for {
		record, err := s.Operation(ctx, key)
		if err != nil || !record.IsOpen() || ctx.Err() != nil {
			return record, err
		}
		s.helpAlong(ctx, record)
		sleep(ctx, pollEvery)
	}
}

// lookForWaiterAfter is the greatest time between two look-ups while somebody waits.
const lookForWaiterAfter = 5 * time.Second

// readHelp is how long a read waits for an unknown outcome to be looked into.
const readHelp = 2 * time.Second

// CustomerRead looks into the unknown outcome of a create for a customer that is being read, so that whoever asks the vendor about it
// finds the operation settled as well.
func (s *Service) CustomerRead(ctx context.Context, provider, customerID string) {
	if s.unknowns.Load() == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, readHelp)
	defer cancel()
	record, err := s.journal.FindOpen(ctx, provider, customerID)
	if err == nil && record != nil {
		s.helpAlong(ctx, record)
	}
}

// helpAlong settles an open create as far as one look-up does, unless this process is at work on it, or it was looked up just now; then it
// waits a little for that.
func (s *Service) helpAlong(ctx context.Context, record *journal.Record) {
	f, isNew := s.flights.board(record.Key)
	if !isNew {
		select {
		case <-f.landed:
		case <-ctx.Done():
		case <-time.After(pollEvery):
		}
		return
	}
	_, _ = s.fly(ctx, f, func() (*enlistv1.CreateCustomerResponse, error) {
		if pause := min(firstLookupAfter<<min(record.Payload.GetLookups(), 20), lookForWaiterAfter); record.Payload.GetLookups() > 0 &&
			time.Since(record.Updated).Abs() < pause {
			return nil, nil //nolint:nilnil // nobody asks for an answer
		}
		return nil, s.settleOnce(ctx, f, record.Key)
	})
}

// Decision is a person's decision on a create.
type Decision struct {
	// Decision is what was decided.
	Decision enlistv1.Decision
	// CustomerID is the customer's id at the vendor; empty where it is known.
	CustomerID string
	// By is the person's name, Principal the caller that records it, and Reason why.
	By, Principal, Reason string
}

// Resolve records a person's decision on a create in state NEEDS_PERSON, and returns the record as it then stands.
func (s *Service) Resolve(ctx context.Context, key journal.Key, decided Decision) (*journal.Record, error) {
	for {
		record, err := s.Operation(ctx, key)
		if err != nil {
			return nil, err
		}
		if record.State != needsPerson {
			return nil, invalid("request_id", "names a create that does not wait for a decision: it is in state "+record.State.String())
		}
		if err := s.decideAs(ctx, record, decided); err != nil {
			return nil, err
		}
		within, cancel := detached(ctx)
		err = s.replace(within, record, -1) // not s.update: a conflict is another person's decision, never a write of this one's
		cancel()
		if err == nil {
			return record, nil
		}
		if !errors.Is(err, journal.ErrConflict) {
			return nil, journalUnreadable(err)
		}
	}
}

func (s *Service) decideAs(ctx context.Context, record *journal.Record, decided Decision) error {
	record.Payload.Decision = &enlistv1.OperationDecision{
		Decision: decided.Decision, DecidedBy: decided.By, Principal: decided.Principal, Reason: decided.Reason, DecideTime: timestamppb.Now(),
	}
	if decided.Decision == enlistv1.Decision_DECISION_FAILED {
		record.Payload.Failure = failureOf(&providers.Error{
			Reason: enlistv1.ErrorReason_VENDOR_REJECTED,
			Message: "Nothing was created at provider " + record.Provider + ": a person has looked and decided so, as GetOperation shows. " +
				"Use a new request_id to create the customer.",
			Stage: enlistv1.SendStage_SEND_STAGE_SENT,
		})
		return move(record, personFailed, person)
	}
	response, err := s.decidedCustomer(ctx, record, decided.CustomerID)
	if err != nil {
		return err
	}
	record.Payload.Response, record.Payload.CustomerId, record.Payload.Failure = response, response.GetCustomer().GetId(), nil
	return move(record, personSucceeded, person)
}

// decidedCustomer makes the answer of a create that a person says has succeeded. The customer is read, so that a slip of the pen does not
// stand; where it cannot be read just now, it is as it was asked for.
func (s *Service) decidedCustomer(ctx context.Context, record *journal.Record, id string) (*enlistv1.CreateCustomerResponse, error) {
	asked := record.Payload.GetRequest().GetCustomer()
	provider := s.providers[record.Provider]
	if id == "" && provider != nil {
		if creation, err := provider.Prepare(record.Payload.GetRequest()); err == nil && s.class(record.Provider) != verifiableByMatch {
			id = creation.Key()
		}
	}
	if id == "" {
		return nil, invalid("customer_id", "must be set with DECISION_SUCCEEDED: the vendor gives the id, and no answer has told it")
	}
	response := &enlistv1.CreateCustomerResponse{RequestId: record.RequestID.String(), Outcome: enlistv1.Outcome_OUTCOME_CREATED}
	if provider != nil {
		read, err := provider.GetCustomer(ctx, &enlistv1.GetCustomerRequest{Provider: record.Provider, CustomerId: id})
		switch {
		case err == nil:
			response.Customer = read.GetCustomer()
			return response, nil
		case isReason(err, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND, enlistv1.ErrorReason_INVALID_FIELD):
			return nil, invalid("customer_id", "must be that of a customer which is there: provider "+record.Provider+" has none with this id")
		}
	}
	response.Customer, _ = proto.Clone(asked).(*enlistv1.Customer)
	response.Customer.Id, response.Customer.Source = id, enlistv1.RecordSource_RECORD_SOURCE_JOURNAL
	return response, nil
}

func invalid(path, description string) error {
	return &providers.Error{
		Reason: enlistv1.ErrorReason_INVALID_FIELD, Message: path + " " + description + ".",
		Violations: []rules.Violation{{Path: path, Description: description}},
	}
}
