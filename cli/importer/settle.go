package importer

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/enlist-dev/enlist/client"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

const (
	// attemptTimeout bounds one request. Enlist goes on with a creation that it has begun.
	attemptTimeout = 20 * time.Second
	// shortestWait and longestWait bound the time until a row is repeated.
	shortestWait, longestWait = 100 * time.Millisecond, 30 * time.Second
	// settleAtOnce bounds the requests about creations that Enlist still works on. They wait at the
	// server and so do not count for the pace.
	settleAtOnce = 32
	// explainWithin bounds a request that only finds more violations of a row.
	explainWithin = 5 * time.Second
	// patience is how long the import goes on while nothing but errors comes that an operator must
	// fix.
	patience = time.Minute
	// mostTries is more than a person corrects a row.
	mostTries = 1000
)

// job is the work on one row.
type job struct {
	row          *Row
	key, content string
	request      *enlistv1.CreateCustomerRequest
	try          int
	wasSent      bool // an attempt may have reached the vendor, and is not settled
	asked        bool // the operation of this try was read (RetryRefused)
	failures     int  // in a row
}

// verdict says how an attempt ended: with a result, with an error that stops the import, or with a
// wait before the next attempt.
type verdict struct {
	result     *Result
	violations []Violation // of a rejected row
	toDo       string
	stop       error
	wait       time.Duration
	settles    bool // Enlist works on the creation
	again      bool // at once
	last       error
}

// settle repeats a row until its outcome is known, the context ends, or the import stops. It holds
// a place of the pace when it begins. It returns a verdict without a result if the row is not
// settled.
func (m *Import) settle(ctx context.Context, j *job) verdict {
	leave := m.pace.end
	for {
		v := m.attempt(j)
		for v.again {
			v = m.attempt(j)
		}
		leave()
		if v.result != nil || v.stop != nil {
			return v
		}
		if !sleep(ctx, v.wait) {
			return v
		}
		var err error
		if v.settles {
			leave, err = m.settling(ctx)
		} else {
			leave, err = m.pace.end, m.pace.begin(ctx, false)
		}
		if err != nil {
			leave()
			return v
		}
	}
}

// settling waits for a place among those that wait for Enlist.
func (m *Import) settling(ctx context.Context) (leave func(), err error) {
	select {
	case m.settlers <- struct{}{}:
		return func() { <-m.settlers }, nil
	case <-ctx.Done():
		return func() {}, ctx.Err()
	}
}

// attempt sends a row once, or reads its operation.
func (m *Import) attempt(j *job) verdict {
	if m.options.RetryRefused && !j.asked {
		return m.askFirst(j)
	}
	began := time.Now()
	ctx, cancel := context.WithTimeout(m.attempts, attemptTimeout)
	defer cancel()
	j.request.RequestId = requestIDOf(m.options.Provider, m.importID, j.key, j.try)
	response, err := m.customers.CreateCustomer(ctx, j.request, grpc.WaitForReady(false))
	if err != nil {
		return m.failed(ctx, j, err, began)
	}
	m.responded()
	return verdict{result: m.created(j, response)}
}

// failed returns what follows from an error.
func (m *Import) failed(ctx context.Context, j *job, err error, began time.Time) verdict {
	reason := client.Reason(err)
	if tooLarge(j.request, err) {
		m.responded()
		return verdict{
			result:     m.result(j, Rejected, enlistv1.ErrorReason_INVALID_FIELD, nil),
			violations: []Violation{m.columns.shorten(j.row)}, toDo: fixFields,
		}
	}
	switch reason {
	case enlistv1.ErrorReason_REQUEST_ID_REUSED:
		return m.reused(j)
	case enlistv1.ErrorReason_CUSTOMER_EXISTS, enlistv1.ErrorReason_VENDOR_REJECTED, enlistv1.ErrorReason_OPERATION_ERASED:
		m.responded()
		return m.rejected(j, reason, err)
	case enlistv1.ErrorReason_INVALID_FIELD, enlistv1.ErrorReason_FIELD_NOT_SUPPORTED:
		m.responded()
		if j.wasSent {
			return m.invalidNow(j, reason, err)
		}
		v := m.rejected(j, reason, err)
		v.violations = append(v.violations, m.further(ctx, j.row, j.request, v.violations)...)
		return v
	case enlistv1.ErrorReason_OUTCOME_UNKNOWN, enlistv1.ErrorReason_REQUEST_IN_PROGRESS:
		m.responded()
		j.wasSent = true
		retry := client.Detail[*errdetails.RetryInfo](err)
		if retry == nil {
			return verdict{result: m.result(j, NeedsPerson, reason, err)}
		}
		return verdict{settles: true, wait: clamp(retry.GetRetryDelay().AsDuration()), last: err}
	}
	return m.trouble(j, err, began)
}

// trouble returns what follows from an error that says nothing about the row.
func (m *Import) trouble(j *job, err error, began time.Time) verdict {
	j.failures++
	grown := clamp(shortestWait << min(j.failures, 10))
	switch reason := client.Reason(err); reason {
	case enlistv1.ErrorReason_OVERLOADED, enlistv1.ErrorReason_VENDOR_RATE_LIMITED, enlistv1.ErrorReason_VENDOR_UNAVAILABLE,
		enlistv1.ErrorReason_JOURNAL_UNAVAILABLE, enlistv1.ErrorReason_AUTHENTICATION_UNAVAILABLE:
		wait := clamp(client.Detail[*errdetails.RetryInfo](err).GetRetryDelay().AsDuration())
		m.pace.slow(began, wait)
		m.progress.notice(waiting(reason.String()))
		return verdict{wait: wait, last: err}
	case enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED, enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID, enlistv1.ErrorReason_INTERNAL_ERROR:
		if m.isHopeless() {
			return verdict{stop: err}
		}
		m.pace.slow(began, grown)
		m.progress.notice(waiting(reason.String()))
		return verdict{wait: grown, last: err}
	case enlistv1.ErrorReason_ERROR_REASON_UNSPECIFIED:
	default:
		return verdict{stop: err}
	}
	switch status.Code(err) {
	case codes.Unavailable, codes.DeadlineExceeded, codes.Canceled, codes.Aborted, codes.Unknown, codes.Internal:
	default:
		return verdict{stop: err}
	}
	j.wasSent = true
	m.pace.slow(began, grown)
	if m.attempts.Err() == nil {
		m.connection.ResetConnectBackoff()
		m.progress.notice("the server does not respond (" + status.Code(err).String() + "): waiting for it")
	}
	return verdict{wait: grown, last: err}
}

func waiting(reason string) string { return reason + ": waiting, and sending less at a time" }

// askFirst reads the operation of a try, and goes to the next one if that was refused.
func (m *Import) askFirst(j *job) verdict {
	operation, err := m.operation(j)
	switch {
	case client.Reason(err) == enlistv1.ErrorReason_OPERATION_NOT_FOUND, err == nil && operation.GetState() != failed:
		j.asked = true
	case err != nil:
		return m.trouble(j, err, time.Now())
	default:
		j.try++
	}
	return verdict{again: true}
}

const (
	failed      = enlistv1.OperationState_OPERATION_STATE_FAILED
	notSent     = enlistv1.OperationState_OPERATION_STATE_NOT_SENT
	succeeded   = enlistv1.OperationState_OPERATION_STATE_SUCCEEDED
	needsPerson = enlistv1.OperationState_OPERATION_STATE_NEEDS_PERSON
	erased      = enlistv1.OperationState_OPERATION_STATE_ERASED
)

func (m *Import) operation(j *job) (*enlistv1.Operation, error) {
	ctx, cancel := context.WithTimeout(m.attempts, attemptTimeout)
	defer cancel()
	response, err := m.operations.GetOperation(ctx, &enlistv1.GetOperationRequest{
		Provider: m.options.Provider, RequestId: requestIDOf(m.options.Provider, m.importID, j.key, j.try),
	})
	return response.GetOperation(), err
}

// reused decides about a row whose request_id the server knows with other content.
func (m *Import) reused(j *job) verdict {
	operation, err := m.operation(j)
	if client.Reason(err) == enlistv1.ErrorReason_OPERATION_NOT_FOUND { // its retention has just ended, or nothing was recorded
		j.wasSent = false
		return verdict{wait: time.Second, last: err}
	}
	if err != nil {
		return m.trouble(j, err, time.Now())
	}
	m.responded()
	switch state := operation.GetState(); state {
	case failed, notSent:
		if j.try++; j.try > mostTries {
			return verdict{stop: fmt.Errorf("line %d was refused %d times: set another --id", j.row.Line, mostTries)}
		}
		j.wasSent = false
		return verdict{again: true}
	case succeeded:
		v := verdict{
			result: m.result(j, Rejected, enlistv1.ErrorReason_REQUEST_ID_REUSED, nil),
			toDo:   rowChangedToDo,
		}
		v.result.Message = rowChanged(operation.GetCustomerId())
		v.violations = []Violation{{Line: j.row.Line, Message: v.result.Message}}
		return v
	case needsPerson:
		return verdict{result: m.result(j, NeedsPerson, enlistv1.ErrorReason_OUTCOME_UNKNOWN, nil)}
	case erased:
		return m.rejected(j, enlistv1.ErrorReason_OPERATION_ERASED, status.Error(codes.FailedPrecondition, "Enlist erased the customer of this row."))
	default:
		return verdict{settles: true, wait: time.Second, last: fmt.Errorf("an earlier form of the row is in state %v", state)}
	}
}

// invalidNow decides about a row that the server refuses although it may have sent it before its
// settings changed.
func (m *Import) invalidNow(j *job, reason enlistv1.ErrorReason, refused error) verdict {
	operation, err := m.operation(j)
	switch state := operation.GetState(); {
	case client.Reason(err) == enlistv1.ErrorReason_OPERATION_NOT_FOUND, err == nil && (state == failed || state == notSent):
		return m.rejected(j, reason, refused)
	case err != nil:
		return m.trouble(j, err, time.Now())
	case state == succeeded && operation.GetResponse() != nil:
		return verdict{result: m.created(j, operation.GetResponse())}
	default:
		return verdict{settles: true, wait: time.Second, last: refused}
	}
}

func rowChanged(id string) string {
	return fmt.Sprintf("The row was changed after it created customer %q. Enlist sent nothing.", id)
}

const fixFields = "Fix the fields and import this file."

const rowChangedToDo = "Remove the row. To change the customer, import it under another --id, with the constant on_existing: update."

// rejected is the verdict on a row that was refused for good.
func (m *Import) rejected(j *job, reason enlistv1.ErrorReason, err error) verdict {
	v := verdict{result: m.result(j, Rejected, reason, err), violations: m.violations(j.row, err)}
	if len(v.violations) == 0 || reason == enlistv1.ErrorReason_VENDOR_REJECTED { // with the vendor's own words
		v.violations = append(v.violations, Violation{Line: j.row.Line, Message: v.result.Message})
	}
	switch reason {
	case enlistv1.ErrorReason_CUSTOMER_EXISTS:
		v.toDo = "Use another id. Or set the constant on_existing to adopt or update in the file of --map."
	case enlistv1.ErrorReason_VENDOR_REJECTED:
		v.toDo = "Fix what the vendor names. If that is not in this row, add --retry-refused."
	case enlistv1.ErrorReason_OPERATION_ERASED:
		v.toDo = "To create the customer again on purpose, import the row under another --id."
	default:
		v.toDo = fixFields
	}
	return v
}

// violations returns what an error says about fields, by column.
func (m *Import) violations(row *Row, err error) []Violation {
	var found []Violation
	for _, violation := range client.Detail[*errdetails.BadRequest](err).GetFieldViolations() {
		found = append(found, m.columns.violation(row, violation.GetField(), violation.GetDescription()))
	}
	return found
}

// created is the result of a success.
func (m *Import) created(j *job, response *enlistv1.CreateCustomerResponse) *Result {
	made := m.result(j, strings.ToLower(strings.TrimPrefix(response.GetOutcome().String(), "OUTCOME_")), 0, nil)
	made.CustomerID = response.GetCustomer().GetId()
	for _, fate := range response.GetFields() {
		if fate.GetFate() == enlistv1.Fate_FATE_DROPPED {
			made.Dropped = append(made.Dropped, fate.GetPath())
		}
	}
	for _, warning := range response.GetWarnings() {
		made.Warnings = append(made.Warnings, strings.TrimSpace(warning.GetPath()+" "+warning.GetMessage()))
	}
	return made
}

func (m *Import) result(j *job, outcome string, reason enlistv1.ErrorReason, err error) *Result {
	made := &Result{
		Line: j.row.Line, Key: j.key, KeyOf: m.keyOf(), Outcome: outcome, Import: m.importID, Provider: m.options.Provider, Content: j.content,
		RequestID: requestIDOf(m.options.Provider, m.importID, j.key, j.try), Time: time.Now().UTC(),
	}
	made.Operation = "providers/" + made.Provider + "/operations/" + made.RequestID
	if reason != enlistv1.ErrorReason_ERROR_REASON_UNSPECIFIED {
		made.Reason = reason.String()
	}
	if err != nil {
		made.Message = status.Convert(err).Message()
		for _, message := range client.Detail[*enlistv1.VendorError](err).GetMessages() {
			words := []string{message.GetCode(), message.GetMessage(), message.GetExtra(), message.GetDescription()}
			words = slices.DeleteFunc(words, func(word string) bool { return word == "" })
			made.Message += " Vendor: " + strings.Join(words, ": ")
		}
	}
	return made
}

// further returns violations beside those that are known. The server finds some only when others
// are fixed, so it is asked about the row without the fields that are wrong.
func (m *Import) further(ctx context.Context, row *Row, request *enlistv1.CreateCustomerRequest, known []Violation) []Violation {
	ctx, cancel := context.WithTimeout(ctx, explainWithin)
	defer cancel()
	rest, _ := without(request, known)
	_, err := m.preview(ctx, rest)
	return unrelated(m.violations(row, err), known)
}

// unrelated returns the violations that are about other fields than those that are known.
func unrelated(found, known []Violation) []Violation {
	return slices.DeleteFunc(found, func(violation Violation) bool {
		return slices.ContainsFunc(known, func(other Violation) bool {
			return isPart(violation.Path, other.Path) || isPart(other.Path, violation.Path)
		})
	})
}

func isPart(path, of string) bool { return path == of || strings.HasPrefix(path, of+".") }

func clamp(wait time.Duration) time.Duration { return min(max(wait, shortestWait), longestWait) }

// sleep waits. It returns false if the context ends first.
func sleep(ctx context.Context, wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
