package once

import (
	"slices"
	"strings"
	"sync"

	"google.golang.org/protobuf/types/known/timestamppb"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

const (
	// maxTries is how many tries a record keeps: the first and the latest others. Look-ups are
	// dropped before sends.
	maxTries = 30
	// maxRequestBody is the size in bytes to which the body of a request is cut.
	maxRequestBody = 64 << 10
)

// tries collects the requests to the vendor. Safe for concurrent use.
type tries struct {
	mu        sync.Mutex
	made      []*enlistv1.OperationTry
	exchanges []*providers.Exchange // of each
}

func (t *tries) add(exchange *providers.Exchange) {
	kind := enlistv1.TryKind_TRY_KIND_LOOKUP
	if exchange.Creates {
		kind = enlistv1.TryKind_TRY_KIND_SEND
	}
	if request := exchange.Request; len(request.GetBody()) > maxRequestBody {
		request.Body = strings.ToValidUTF8(request.GetBody()[:maxRequestBody], "") + "…" // drops half a character
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.made = append(t.made, &enlistv1.OperationTry{
		Kind: kind, StartTime: timestamppb.New(exchange.Start), EndTime: timestamppb.New(exchange.End), Stage: exchange.Stage,
		HttpStatus: int32(exchange.Status), Request: exchange.Request, ResponseBody: exchange.ResponseBody, //nolint:gosec // three digits
		Error: exchange.Error, ErrorReason: exchange.ErrorReason,
	})
	t.exchanges = append(t.exchanges, exchange)
}

// failed notes what was wrong with a response.
func (t *tries) failed(exchange *providers.Exchange) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if at := slices.Index(t.exchanges, exchange); at >= 0 {
		made := t.made[at]
		made.ResponseBody, made.Error, made.ErrorReason = exchange.ResponseBody, exchange.Error, exchange.ErrorReason
	}
}

// left reports whether bytes of a create request may have left.
func (t *tries) left() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.ContainsFunc(t.made, hasLeft)
}

// addTo adds the tries to a record. Their numbers also count tries that the record has dropped.
func (t *tries) addTo(payload *journalv1.Payload) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, made := range t.made {
		appendTry(payload, made)
	}
	t.made, t.exchanges = nil, nil
}

func appendTry(payload *journalv1.Payload, made *enlistv1.OperationTry) {
	all := payload.GetTries()
	made.Number = 1
	if len(all) > 0 {
		made.Number = all[len(all)-1].GetNumber() + 1
	}
	if len(all) >= maxTries {
		oldest := max(slices.IndexFunc(all, isLookup), 1) // the first send stays
		all = slices.Delete(slices.Clone(all), oldest, oldest+1)
	}
	payload.Tries = append(all, made)
}

// hasLeft reports whether a try is a create request of which bytes may have left.
func hasLeft(made *enlistv1.OperationTry) bool {
	return !isLookup(made) && made.GetStage() != enlistv1.SendStage_SEND_STAGE_NOT_SENT
}

func isLookup(made *enlistv1.OperationTry) bool {
	return made.GetKind() == enlistv1.TryKind_TRY_KIND_LOOKUP
}
