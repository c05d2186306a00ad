package importer

import (
	"context"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/enlist-dev/enlist/client"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// checkAtOnce is how many rows a dry run checks at a time.
const checkAtOnce = 32

// checked is what a dry run finds about a row.
type checked struct {
	violations []Violation
	err        error
}

// Check checks every row, and sends nothing to the vendor. It reports the violations of each row
// that has any, in the order of the file. It returns the number of such rows.
func (m *Import) Check(ctx context.Context, report func([]Violation) error) (rows int, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	m.attempts = ctx
	queue := make(chan chan checked, checkAtOnce)
	go func() {
		defer close(queue)
		for row, err := range m.source.rows() {
			if err == nil && row.isBlank() {
				continue
			}
			result := make(chan checked, 1)
			select {
			case queue <- result:
			case <-ctx.Done():
				return
			}
			if err != nil {
				result <- checked{err: err}
				return
			}
			go func() { result <- m.checkRow(ctx, row) }()
		}
	}()
	for result := range queue {
		found := <-result
		if len(found.violations) > 0 {
			rows++
			found.err = report(found.violations)
		}
		if found.err != nil {
			return rows, found.err
		}
	}
	return rows, ctx.Err()
}

func (m *Import) checkRow(ctx context.Context, row *Row) checked {
	request, wrong := m.columns.request(row)
	if problem := m.keyProblem(row, m.columns.keyOf(row, m.scanned.byContent)); problem != nil {
		wrong = append(wrong, *problem)
	}
	rest := proto.CloneOf(request)
	_, err := m.preview(ctx, rest)
	if tooLarge(rest, err) {
		return checked{append(wrong, m.columns.shorten(row)), nil}
	}
	switch client.Reason(err) {
	case enlistv1.ErrorReason_INVALID_FIELD, enlistv1.ErrorReason_FIELD_NOT_SUPPORTED:
		found := unrelated(m.violations(row, err), wrong)
		wrong = append(wrong, found...)
		if cleared, any := without(request, found); any {
			wrong = append(wrong, m.further(ctx, row, cleared, wrong)...)
		}
		err = nil
	}
	return checked{wrong, err}
}

// preview checks a request and sends nothing to the vendor. It repeats the request while the server
// cannot respond.
func (m *Import) preview(ctx context.Context, request *enlistv1.CreateCustomerRequest) (*enlistv1.CreateCustomerResponse, error) {
	request.ValidateOnly, request.RequestId = true, ""
	request.OnExisting = enlistv1.OnExisting_ON_EXISTING_UNSPECIFIED // for which Enlist would ask the vendor
	for wait := shortestWait; ; wait = clamp(2 * wait) {
		response, err := m.previewOnce(ctx, request)
		retry := client.Detail[*errdetails.RetryInfo](err)
		isAway := client.Reason(err) == enlistv1.ErrorReason_ERROR_REASON_UNSPECIFIED && status.Code(err) == codes.Unavailable
		if err == nil || retry == nil && !isAway || !sleep(ctx, max(wait, retry.GetRetryDelay().AsDuration())) {
			return response, err
		}
	}
}

func (m *Import) previewOnce(ctx context.Context, request *enlistv1.CreateCustomerRequest) (*enlistv1.CreateCustomerResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	return m.customers.CreateCustomer(ctx, request, grpc.WaitForReady(false))
}
