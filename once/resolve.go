package once

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/match"
	"github.com/enlist-dev/enlist/providers/rules"
)

// Decision is a person's decision on an operation.
type Decision struct {
	// Decision is the decision itself.
	Decision enlistv1.Decision
	// CustomerID is the customer's id at the vendor. It may be empty if the caller chose the id.
	CustomerID string
	// By is the person's name, Principal the caller that records it, and Reason why.
	By, Principal, Reason string
	// Unverified records the decision although the vendor contradicts it or cannot be asked.
	Unverified bool
	// Corrects says that the caller may correct an earlier decision.
	Corrects bool
	// SeesOthers says that the caller may see operations of other principals.
	SeesOthers bool
}

// Resolve records a person's decision on an operation in state NEEDS_PERSON, or on one that a
// person has decided before. It returns the new record, and the fields in which a customer that the
// look-up shows differs from the request. It first checks the decision at the vendor. If the record
// already has this decision, Resolve changes nothing.
func (s *Service) Resolve(ctx context.Context, key journal.Key, decided Decision) (*journal.Record, []providers.Difference, error) {
	s = s.configured()
	ctx, cancel := callerContext(ctx)
	defer cancel()
	if err := decided.validate(); err != nil {
		return nil, nil, err
	}
	record, err := s.Operation(ctx, key)
	if err != nil {
		return nil, nil, err
	}
	for {
		standing := record.Payload.GetDecision()
		if s.isRepeated(ctx, record, decided) {
			return record, nil, nil
		}
		if err := decided.refusal(record); err != nil {
			return nil, nil, err
		}
		differences, err := s.decideAs(ctx, record, decided)
		if err != nil {
			return nil, nil, err
		}
		if err = s.record(ctx, record); err == nil {
			s.logUnverified(ctx, record)
			return record, differences, nil
		}
		if !errors.Is(err, journal.ErrConflict) {
			return nil, nil, journalUnreadable(err)
		}
		if record, err = s.readAgain(ctx, key, decided, standing); err != nil {
			return nil, nil, err
		}
	}
}

// readAgain reads a record after a conflict. It fails if another person has decided meanwhile.
func (s *Service) readAgain(ctx context.Context, key journal.Key, decided Decision, standing *enlistv1.OperationDecision) (*journal.Record, error) {
	record, err := s.Operation(ctx, key)
	if err != nil {
		return nil, err
	}
	if !s.isRepeated(ctx, record, decided) && !proto.Equal(record.Payload.GetDecision(), standing) {
		return nil, invalid("request_id", "names an operation that another person has just decided. Read it before you decide")
	}
	return record, nil
}

func (d Decision) validate() error {
	if d.Unverified && strings.TrimSpace(d.Reason) == "" {
		return invalid("reason", "must give the reason for an unverified decision")
	}
	if d.CustomerID != "" && d.Decision == enlistv1.Decision_DECISION_FAILED {
		return invalid("customer_id", "must be empty with DECISION_FAILED, which says that there is no customer")
	}
	return nil
}

// refusal returns why the decision is not possible in the state of a record; nil if it is.
func (d Decision) refusal(record *journal.Record) error {
	switch {
	case !isDecidable(record):
		return invalid("request_id", "must name an operation that awaits a decision, or has one. This one is in state "+record.State.String())
	case record.Payload.GetDecision() != nil && !d.Corrects:
		return correctionNotPermitted()
	}
	return nil
}

// isRepeated reports whether the record already has this decision, perhaps with another form of the
// customer's id, for which the vendor returns the recorded one.
func (s *Service) isRepeated(ctx context.Context, record *journal.Record, decided Decision) bool {
	given, recorded := decided.CustomerID, record.Payload.GetCustomerId()
	if match.Keys(given, recorded) != match.Near {
		return decided.repeats(record)
	}
	if decided.CustomerID = recorded; !decided.repeats(record) {
		return false
	}
	customer, err := s.readDecided(ctx, record.Provider, given, decided.Unverified, &tries{})
	return err == nil && customer.GetId() == recorded
}

// repeats reports whether the record already has this decision. Its caller did not get the
// response.
func (d Decision) repeats(record *journal.Record) bool {
	standing := record.Payload.GetDecision()
	return isDecidable(record) && standing != nil && standing.GetDecision() == d.Decision &&
		standing.GetDecidedBy() == d.By && standing.GetPrincipal() == d.Principal &&
		standing.GetReason() == d.Reason && standing.GetUnverified() == d.Unverified &&
		(d.CustomerID == "" || d.CustomerID == record.Payload.GetCustomerId())
}

// record writes a decision. It does not use update, because a conflict is another person's decision
// and never an earlier write of this one.
func (s *Service) record(ctx context.Context, record *journal.Record) error {
	ctx, cancel := detached(ctx)
	defer cancel()
	return s.replace(ctx, newWriter(), record, -1)
}

// logUnverified warns of a decision that nothing confirms. The person's name and the reason are
// personal, so only the record has them.
func (s *Service) logUnverified(ctx context.Context, record *journal.Record) {
	decision := record.Payload.GetDecision()
	if !decision.GetUnverified() {
		return
	}
	s.log.WarnContext(ctx, "recorded an unverified decision", "provider", record.Provider, "request_id", record.RequestID,
		"principal", decision.GetPrincipal(), "state", record.State.String(), "earlier_decisions", len(record.Payload.GetEarlierDecisions()))
}

// decideAs checks a decision and changes the record, which its caller writes.
func (s *Service) decideAs(ctx context.Context, record *journal.Record, decided Decision) (differences []providers.Difference, err error) {
	payload, made := record.Payload, &tries{}
	what, response := personFailed, (*enlistv1.CreateCustomerResponse)(nil)
	if decided.Decision == enlistv1.Decision_DECISION_FAILED {
		err = s.checkFailed(ctx, record, decided, made)
	} else {
		what = personSucceeded
		response, differences, err = s.decidedCustomer(ctx, record, decided, made)
	}
	if err != nil {
		return nil, err
	}
	if err := move(record, what, person); err != nil {
		return nil, err
	}
	made.addTo(payload)
	if corrected := payload.GetDecision(); corrected != nil {
		payload.EarlierDecisions = append(payload.GetEarlierDecisions(), corrected)
	}
	payload.Decision = &enlistv1.OperationDecision{
		Decision: decided.Decision, DecidedBy: decided.By, Principal: decided.Principal, Reason: decided.Reason, DecideTime: timestamppb.Now(),
		Unverified: decided.Unverified,
	}
	payload.Response, payload.CustomerId, payload.Failure = response, response.GetCustomer().GetId(), nil
	if what == personFailed {
		payload.Failure = failureOf(decidedMissing(record.Provider))
	}
	return differences, nil
}

// checkFailed refuses a decision that nothing was created if a customer may be this creation's, or
// if the vendor may still carry out the request.
func (s *Service) checkFailed(ctx context.Context, record *journal.Record, decided Decision, made *tries) error {
	if decided.Unverified {
		return nil
	}
	if record.PayloadDropped {
		return invalid("unverified", "must be set, with a reason: Enlist no longer has the request, so it cannot look the customer up")
	}
	// The wait is read before the look-up, as in settleOnce.
	left := s.observe(record, s.settledAfter(record.Provider))
	shown, err := evidence{waited: left == 0}, errNoLookup
	if s.providers[record.Provider] != nil {
		shown.class, err = s.class(record.Provider), nil
	}
	if err == nil && shown.class != noneToAsk {
		var candidates []candidate
		var creation providers.Creation
		candidates, err = s.lookUp(ctx, record, &creation, made, true)
		found := facts{}
		found.count(candidates)
		shown.ours, shown.unclear = found.ours, found.unclear
	}
	if id := record.Payload.GetCustomerId(); err == nil && id != "" && shown.class != noneToAsk { // a person has named it before
		_, readErr := s.readDecided(ctx, record.Provider, id, false, made)
		switch {
		case readErr == nil:
			shown.unclear++
		case !isReason(readErr, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND):
			err = readErr
		}
	}
	if isReason(err, enlistv1.ErrorReason_RPC_NOT_SUPPORTED) {
		shown.class, err = noneToAsk, nil
	}
	shown.unasked = err != nil
	switch checkDecision(decided.Decision, decided.Unverified, shown) {
	case notAsked:
		return notChecked(record.Provider, err)
	case mayBeMade:
		return invalid("decision", "contradicts provider "+record.Provider+", which has a customer that this creation may have created. "+
			"Set DECISION_SUCCEEDED with its id, or set unverified with a reason")
	case mayBeMadeYet:
		return mayStillBeMade(record.Provider, left)
	}
	return nil
}

// decidedCustomer returns the response of a creation that a person says has succeeded, and how its
// customer differs from the request. It reads the customer at the vendor and records the vendor's
// form of the id. It refuses a customer that this operation cannot have created.
func (s *Service) decidedCustomer(
	ctx context.Context, record *journal.Record, decided Decision, made *tries,
) (*enlistv1.CreateCustomerResponse, []providers.Difference, error) {
	id := cmp.Or(decided.CustomerID, s.requestedID(record))
	if id == "" {
		return nil, nil, invalid("customer_id", "must be set with DECISION_SUCCEEDED: the vendor assigns the id, and no response had it")
	}
	customer, err := s.readDecided(ctx, record.Provider, id, decided.Unverified, made)
	shown := evidence{exists: err == nil}
	shown.unasked = err != nil && !isReason(err, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND, enlistv1.ErrorReason_INVALID_FIELD)
	var named about
	if shown.exists && !decided.Unverified {
		if named.maker, err = s.creatorOf(ctx, record, cmp.Or(customer.GetId(), id)); err != nil {
			return nil, nil, err
		}
		shown.madeByOther = named.maker != nil
		err = s.compareDecided(ctx, record, customer, made, &shown, &named)
		shown.unasked = err != nil
	}
	if objects := checkDecision(decided.Decision, decided.Unverified, shown); objects != noObjection {
		return nil, nil, refusedCustomer(record.Provider, objects, named, decided, err)
	}
	if customer == nil {
		customer = &enlistv1.Customer{}
		if sent := record.Payload.GetRequest().GetCustomer(); sent != nil {
			customer = proto.CloneOf(providers.AsSent(sent))
		}
		customer.Source = enlistv1.RecordSource_RECORD_SOURCE_JOURNAL
	}
	customer.Id = cmp.Or(customer.GetId(), id)
	return &enlistv1.CreateCustomerResponse{
		RequestId: record.RequestID.String(), Outcome: enlistv1.Outcome_OUTCOME_CREATED, Customer: customer, Fields: named.fields,
	}, named.differences, nil
}

// about is what the messages about the customer of a decision say.
type about struct {
	maker       *journal.Record        // of another operation that created it
	differing   []string               // the identifying paths that differ
	differences []providers.Difference // all, of a candidate
	fields      []*enlistv1.FieldFate  // what the request did not send as it is, of a candidate
}

// refusedCustomer returns the error of a decision to whose customer there is an objection. cause is
// why the vendor could not be asked.
func refusedCustomer(provider string, objects objection, named about, decided Decision, cause error) error {
	description := "belongs to a customer"
	switch objects {
	case notAsked:
		return notChecked(provider, cause)
	case noCustomer:
		return invalid("customer_id", "must be the id of an existing customer: provider "+provider+" has no customer with this id")
	case notCompared:
		return invalid("unverified", "must be set, with a reason: Enlist cannot compare this customer with the request")
	case madeByOther:
		description += " that another operation created"
		if named.maker.Payload.GetResponse().GetOutcome() != enlistv1.Outcome_OUTCOME_CREATED {
			description += " or updated"
		}
		if named.maker.Principal == decided.Principal || decided.SeesOthers {
			description += ", with request_id " + named.maker.RequestID.String()
		}
	case isDifferent:
		description += " at provider " + provider + " that differs from the request in " + strings.Join(named.differing, ", ")
	default:
		description += " at provider " + provider + " that this operation did not create: " + string(objects)
	}
	return invalid("customer_id", description+". Give the id of the customer that this operation created, or set unverified with a reason")
}

// compareDecided compares the customer of a decision with the candidates of a look-up, and else
// with the request. It sets the evidence, and what messages say. It fails if the vendor cannot be
// asked now.
func (s *Service) compareDecided(
	ctx context.Context, record *journal.Record, customer *enlistv1.Customer, made *tries, shown *evidence, named *about,
) error {
	if record.PayloadDropped {
		return nil
	}
	var creation providers.Creation
	candidates, err := s.lookUp(ctx, record, &creation, made, true)
	if err != nil && !errors.Is(err, errNoLookup) && !isReason(err, enlistv1.ErrorReason_RPC_NOT_SUPPORTED) {
		return err
	}
	requested := providers.AsSent(record.Payload.GetRequest().GetCustomer())
	for _, one := range candidates {
		if one.id() == customer.GetId() {
			mayShare := s.mayShare(record) && !one.Near
			shown.isCandidate = shown.isCandidate || one.Match != providers.MatchOther || mayShare
			shown.isOther, requested, named.differences = true, one.Requested, one.differences
			named.fields = one.Response.GetFields()
		}
	}
	alike, differing := providers.CompareIdentity(requested, customer)
	if key := s.requestedID(record); key != "" {
		if match.Keys(key, customer.GetId()) == match.Different {
			differing = append([]string{"customer.id"}, differing...)
		} else {
			alike++
		}
	}
	shown.older = sentOf(record, true).Predates(customer.GetCreateTime())
	shown.alike, shown.differs, named.differing = alike > 0, len(differing) > 0, differing
	return nil
}

// mayShare reports whether a creation may share its customer with another operation, because it
// adopts or updates the one with its key.
func (s *Service) mayShare(record *journal.Record) bool {
	switch record.Payload.GetRequest().GetOnExisting() {
	case enlistv1.OnExisting_ON_EXISTING_ADOPT, enlistv1.OnExisting_ON_EXISTING_UPDATE:
		return s.class(record.Provider) != verifiableByMatch
	}
	return false
}

// requestedID returns the customer's id if the caller chose it. It returns nothing if the vendor
// assigns ids or the provider is no longer configured.
func (s *Service) requestedID(record *journal.Record) string {
	provider := s.providers[record.Provider]
	if provider == nil || record.PayloadDropped || s.class(record.Provider) == verifiableByMatch {
		return ""
	}
	creation, err := provider.Prepare(record.Payload.GetRequest())
	if err != nil {
		return ""
	}
	return creation.Key()
}

// readDecided reads the customer that a decision names. It waits only readHelp for an unverified
// decision, which does not depend on the customer.
func (s *Service) readDecided(ctx context.Context, name, id string, unverified bool, made *tries) (*enlistv1.Customer, error) {
	provider := s.providers[name]
	if provider == nil {
		return nil, errNoLookup
	}
	if unverified {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, readHelp)
		defer cancel()
	}
	ctx = providers.WithObserver(ctx, &providers.Observer{Exchanged: made.add, Failed: made.failed})
	read, err := provider.GetCustomer(ctx, &enlistv1.GetCustomerRequest{Provider: name, CustomerId: id})
	if err != nil {
		return nil, err
	}
	return read.GetCustomer(), nil
}

// creatorOf returns the other operation that wrote the customer with exactly this id; nil if the
// journal has none. A creation that may update or adopt may share its customer with another
// operation.
func (s *Service) creatorOf(ctx context.Context, record *journal.Record, id string) (*journal.Record, error) {
	if s.mayShare(record) {
		return nil, nil //nolint:nilnil // see the doc comment
	}
	other, err := s.journal.FindCustomer(ctx, record.Provider, id)
	switch {
	case err != nil:
		return nil, journalUnreadable(err)
	case other != nil && other.Key == record.Key && record.Payload.GetDecision().GetUnverified():
		return nil, invalid("unverified", "must be set again: the earlier unverified decision hides whether another operation created this customer")
	case other == nil || other.Key == record.Key || s.isForgotten(other):
		return nil, nil //nolint:nilnil // said above
	}
	return other, nil
}

// notChecked is the error of a decision that could not be checked at the vendor. It has the reason
// of the vendor's error, if there is one.
func notChecked(provider string, err error) error {
	var failure *providers.Error
	switch {
	case errors.Is(err, errNoLookup), isReason(err, enlistv1.ErrorReason_RPC_NOT_SUPPORTED):
		return invalid("unverified", "must be set, with a reason: the present configuration does not let Enlist look up the customer "+
			"at provider "+provider)
	case !errors.As(err, &failure):
		return err
	}
	response := *failure
	response.Message = "Enlist did not record the decision, because it could not verify it at provider " + provider + ": " + failure.Message +
		" Decide again later, or set unverified with a reason."
	return &response
}

// mayStillBeMade is the error of a decision that nothing was created while the vendor may still
// carry out the request.
func mayStillBeMade(provider string, left time.Duration) error {
	left = max(left.Round(time.Second), time.Second)
	return &providers.Error{
		Reason: enlistv1.ErrorReason_REQUEST_IN_PROGRESS,
		Message: "Enlist did not record the decision: provider " + provider + " may still carry out the request. Wait " + left.String() +
			", check at the vendor again, and decide; or set unverified with a reason.",
		RetryAfter: left,
	}
}

// decidedMissing is the outcome of a creation that a person says has failed.
func decidedMissing(provider string) error {
	return &providers.Error{
		Reason: enlistv1.ErrorReason_VENDOR_REJECTED,
		Message: "A person decided that nothing was created at provider " + provider + "; see GetOperation. " +
			"Use a new request_id to create the customer.",
		Stage: enlistv1.SendStage_SEND_STAGE_SENT,
	}
}

func correctionNotPermitted() error {
	return &providers.Error{
		Reason:  enlistv1.ErrorReason_NOT_PERMITTED,
		Message: "A person has already decided this operation. Ask an operator to correct the decision.",
	}
}

func invalid(path, description string) error {
	return providers.Invalid(rules.Violation{Path: path, Description: description})
}
