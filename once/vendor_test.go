package once_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// vendor is a provider whose vendor is in memory and ends each send by a script.
type vendor struct {
	providers.Provider // ListContractors is for those who need it
	description        *providers.Description
	looksFirst         bool
	updates            bool // a look-up that shows the customer permits the send, as an update does
	adopts             bool // a look-up that shows the customer adopts it
	folds              bool // keys are stored in capitals, and looked up unchanged
	sameContent        bool // customers differ only in their content, and that is equal

	mu        sync.Mutex
	script    []send // the ends of the next sends; later sends succeed
	sends     int    // that reached the vendor
	customers []*customer
	lookups   int
	erasures  int
	refused   string                // display name
	broken    error                 // of look-ups
	unread    error                 // of reads
	record    *structpb.Struct      // in every response
	sent      providers.Sent        // argument of the last look-up
	seen      func(context.Context) // runs in a look-up after the vendor has read its customers
	counted   []bool                // Counted of each send, for the circuit breaker
	phones    [2]string             // of a candidate: requested and found
	email     string                // that reads return; empty for the usual one
	created   *timestamppb.Timestamp
	fates     []*enlistv1.FieldFate // of each response
}

// send is the end of one send.
type send struct {
	acts   bool                  // the vendor creates the customer
	lag    time.Duration         // and shows it only after this time
	err    error                 // the provider's error; nil for success
	before error                 // the provider's error before anything leaves
	gate   chan struct{}         // closed when the vendor may respond
	body   string                // more of the request's body
	ready  func(context.Context) // runs before anything leaves
	panics string                // "before" or "after" bytes may have left
}

type customer struct {
	key, requestID string
	visible        time.Time
}

func newVendor(class enlistv1.DuplicateSafetyClass, settledAfter time.Duration) *vendor {
	return &vendor{description: &providers.Description{
		Name: "v", Vendor: enlistv1.Vendor_VENDOR_OPENCELL, SettledAfter: settledAfter,
		DuplicateSafety: &enlistv1.DuplicateSafety{Class: class},
	}}
}

func (v *vendor) Describe() *providers.Description { return v.description }

func (v *vendor) Prepare(request *enlistv1.CreateCustomerRequest) (providers.Creation, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if name := request.GetCustomer().GetDisplayName(); name == "INVALID" || name != "" && name == v.refused {
		return nil, providers.InvalidField("v", "customer.display_name", "must be something else")
	}
	return &creation{vendor: v, request: request}, nil
}

// then adds to the script.
func (v *vendor) then(sends ...send) *vendor {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.script = append(v.script, sends...)
	return v
}

// counts returns how many sends reached the vendor, how many customers it has, and how many
// look-ups there were.
func (v *vendor) counts() (sends, customers, lookups int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.sends, len(v.customers), v.lookups
}

// whenSeen makes every look-up run a function after the vendor has read its customers.
func (v *vendor) whenSeen(run func(context.Context)) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.seen = run
}

// refuses makes Prepare refuse customers with a display name.
func (v *vendor) refuses(name string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.refused = name
}

// left returns how many scripted sends remain.
func (v *vendor) left() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.script)
}

// show ends every lag.
func (v *vendor) show() {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, there := range v.customers {
		there.visible = time.Now()
	}
}

func (v *vendor) breakLookups(err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.broken = err
}

func (v *vendor) breakReads(err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.unread = err
}

// returnsPhone makes look-ups show candidates with a phone that was sent, and one that they have.
func (v *vendor) returnsPhone(sent, held string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.phones = [2]string{sent, held}
}

type creation struct {
	*vendor
	request *enlistv1.CreateCustomerRequest
}

func (c *creation) Key() string      { return c.request.GetCustomer().GetId() }
func (c *creation) LooksFirst() bool { return c.looksFirst }

func (c *creation) Preview(context.Context) (*enlistv1.CreateCustomerResponse, error) {
	return &enlistv1.CreateCustomerResponse{Outcome: enlistv1.Outcome_OUTCOME_PREVIEWED}, nil
}

func (c *creation) CreateCustomer(ctx context.Context) (*enlistv1.CreateCustomerResponse, error) {
	observer := providers.ObserverOf(ctx)
	v := c.vendor
	exists := c.lookFirst()
	switch {
	case exists && v.adopts:
		adopted := c.response()
		adopted.Outcome = enlistv1.Outcome_OUTCOME_ADOPTED
		return adopted, nil
	case exists && !v.updates:
		return nil, v.description.CustomerExists(nil)
	}
	how := v.next()
	if how.before != nil {
		return nil, how.before
	}
	if how.ready != nil {
		how.ready(ctx)
	}
	if err := ctx.Err(); err != nil {
		return nil, notSentError()
	}
	if err := observer.BeforeSend(ctx, exists); err != nil {
		return nil, err
	}
	if how.panics == "before" {
		panic("a defect")
	}
	if err := observer.Connected(); err != nil {
		return nil, err
	}
	if how.panics == "after" {
		panic("a defect")
	}
	exchange := c.receive(ctx, &how, observer.Counted)
	observer.Exchanged(exchange)
	if how.err != nil {
		return nil, how.err
	}
	response := c.response()
	if exists {
		response.Outcome = enlistv1.Outcome_OUTCOME_UPDATED
	}
	return response, nil
}

// lookFirst reports whether the vendor shows the customer before the send.
func (c *creation) lookFirst() bool {
	if !c.looksFirst {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lookups++
	return c.find(c.Key()) != nil
}

// next returns the end of the next send.
func (v *vendor) next() send {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.script) == 0 {
		return send{acts: true}
	}
	how := v.script[0]
	v.script = v.script[1:]
	return how
}

// receive is the vendor's work on a create request. It sets the error of the send.
func (c *creation) receive(ctx context.Context, how *send, counted bool) *providers.Exchange {
	v, start := c.vendor, time.Now()
	v.mu.Lock()
	v.sends++
	v.counted = append(v.counted, counted)
	if how.acts && v.description.DuplicateSafety.GetClass() == enforced && v.holds(c.Key()) {
		how.acts, how.err = false, v.description.CustomerExists(nil)
	}
	if how.acts {
		v.customers = append(v.customers, &customer{key: c.stored(), requestID: c.request.GetRequestId(), visible: time.Now().Add(how.lag)})
	}
	v.mu.Unlock()
	if how.gate != nil {
		select {
		case <-how.gate:
		case <-ctx.Done():
			how.err = unknownError()
		}
	}
	exchange := &providers.Exchange{
		Creates: true, Start: start, End: time.Now(), Stage: enlistv1.SendStage_SEND_STAGE_ANSWERED, Status: 200,
		Request: &enlistv1.VendorRequest{Method: "POST", Url: "http://vendor", Body: "it's $SECRET" + how.body},
	}
	var failure *providers.Error
	if errors.As(how.err, &failure) {
		exchange.Stage = failure.Stage
	}
	return exchange
}

func (c *creation) stored() string {
	if c.folds {
		return strings.ToUpper(c.Key())
	}
	return c.Key()
}

func (c *creation) response() *enlistv1.CreateCustomerResponse {
	return &enlistv1.CreateCustomerResponse{
		Customer: &enlistv1.Customer{Id: c.stored()}, Outcome: enlistv1.Outcome_OUTCOME_CREATED, RequestId: c.request.GetRequestId(),
		VendorRecord: c.record, Fields: c.vendor.fates,
	}
}

// find returns a customer that look-ups show. Its caller holds the lock.
func (v *vendor) find(key string) *customer {
	for _, there := range v.customers {
		if there.key == key && !there.visible.After(time.Now()) {
			return there
		}
	}
	return nil
}

// holds reports whether the vendor has a customer, shown or not. Its caller holds the lock.
func (v *vendor) holds(key string) bool {
	for _, there := range v.customers {
		if there.key == key {
			return true
		}
	}
	return false
}

func (c *creation) FindCustomer(ctx context.Context, sent providers.Sent) ([]providers.Candidate, error) {
	v := c.vendor
	v.mu.Lock()
	v.sent = sent
	v.mu.Unlock()
	candidates, err := c.look(ctx)
	v.mu.Lock()
	seen := v.seen
	v.mu.Unlock()
	if seen != nil {
		seen(ctx)
	}
	return candidates, err
}

func (c *creation) look(ctx context.Context) ([]providers.Candidate, error) {
	v := c.vendor
	v.mu.Lock()
	defer v.mu.Unlock()
	v.lookups++
	if v.broken != nil {
		return nil, v.broken
	}
	if err := ctx.Err(); err != nil {
		return nil, notSentError()
	}
	var candidates []providers.Candidate
	for _, there := range v.customers {
		if there.key != c.Key() || there.visible.After(time.Now()) {
			continue
		}
		candidate := providers.Candidate{
			Match: providers.MatchOther, Response: c.response(),
			Requested: &enlistv1.Customer{Id: there.key, Phone: v.phones[0]}, Found: &enlistv1.Customer{Id: there.key, Phone: v.phones[1]},
		}
		switch there.requestID {
		case c.request.GetRequestId():
			candidate.Match = providers.MatchOurs
		case "unclear":
			candidate.Match = providers.MatchUnclear
		default:
			if v.sameContent {
				candidate.Match, candidate.ContentOnly = providers.MatchOurs, true
			}
		}
		if candidate.Match != providers.MatchOurs && v.adopts {
			candidate.Response.Outcome = enlistv1.Outcome_OUTCOME_ADOPTED
		}
		candidates = append(candidates, candidate)
	}
	return candidates, nil
}

func (v *vendor) put(key, requestID string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.customers = append(v.customers, &customer{key: key, requestID: requestID})
}

// lastSent returns the argument of the last look-up.
func (v *vendor) lastSent() providers.Sent {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.sent
}

const (
	enforced  = enlistv1.DuplicateSafetyClass_DUPLICATE_SAFETY_CLASS_ENFORCED_BY_KEY
	byKey     = enlistv1.DuplicateSafetyClass_DUPLICATE_SAFETY_CLASS_VERIFIABLE_BY_KEY
	byMatch   = enlistv1.DuplicateSafetyClass_DUPLICATE_SAFETY_CLASS_VERIFIABLE_BY_MATCH
	noneClass = enlistv1.DuplicateSafetyClass_DUPLICATE_SAFETY_CLASS_NONE
)

func unknownError() error {
	return &providers.Error{Reason: enlistv1.ErrorReason_OUTCOME_UNKNOWN, Message: "unknown", Stage: enlistv1.SendStage_SEND_STAGE_SENT}
}

func notSentError() error {
	return &providers.Error{Reason: enlistv1.ErrorReason_VENDOR_UNAVAILABLE, Message: "not reached", Stage: enlistv1.SendStage_SEND_STAGE_NOT_SENT}
}

func breakerError(left time.Duration) error {
	return &providers.Error{
		Reason: enlistv1.ErrorReason_VENDOR_UNAVAILABLE, Message: "held back", Stage: enlistv1.SendStage_SEND_STAGE_NOT_SENT, RetryAfter: left,
		Cause: providers.ErrBreakerRefused,
	}
}

func rejectedError() error {
	return &providers.Error{Reason: enlistv1.ErrorReason_VENDOR_REJECTED, Message: "rejected", Stage: enlistv1.SendStage_SEND_STAGE_ANSWERED}
}

func limitedError(after time.Duration) error {
	return &providers.Error{
		Reason: enlistv1.ErrorReason_VENDOR_RATE_LIMITED, Message: "slow down", Stage: enlistv1.SendStage_SEND_STAGE_ANSWERED, RetryAfter: after,
	}
}

func (v *vendor) ExportCustomer(_ context.Context, id string) ([]byte, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.find(id) == nil {
		return nil, v.description.CustomerNotFound(nil)
	}
	return []byte("export of " + id), nil
}

func (v *vendor) EraseCustomer(_ context.Context, id string) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.erasures++
	if v.unread != nil {
		return v.unread
	}
	if v.find(id) == nil {
		return v.description.CustomerNotFound(nil)
	}
	v.customers = slices.DeleteFunc(v.customers, func(there *customer) bool { return there.key == id })
	return nil
}
