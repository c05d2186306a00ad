package vendorhttp

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

const (
	// DefaultTimeout bounds one call to a vendor.
	DefaultTimeout = 30 * time.Second
	// MaxAnswer is the largest body of a response that is read, in bytes, after decompression.
	MaxAnswer = 4 << 20
	// MaxListing is MaxAnswer for a response that lists all customers.
	MaxListing = 64 << 20
	// fromRoom is the size from which a response needs room: as much as its body may take.
	fromRoom = 64 << 10
	// writeBuffer is the size that most requests fit into, in bytes. Each of the many connections
	// that may wait for a slow vendor has one.
	writeBuffer = 2 << 10
	// mostHeld bounds the memory of all large responses that are read or being understood at the
	// same time, in bytes.
	mostHeld = 4 * MaxListing

	userAgent = "enlist (+https://github.com/enlist-dev/enlist)"
)

// Client calls one vendor's server. Safe for concurrent use.
type Client struct {
	provider string
	base     *url.URL
	timeout  time.Duration
	limits   limits
	breaker  *breaker
	rejected *rejections
	room     *semaphore.Weighted // bytes
	health   health
	metrics  metrics
	// transport, and no http.Client: that one reads where a redirect points to, and quotes it in
	// its errors. A redirect is a response like any other; following it could create a customer
	// twice or hand a token to a stranger.
	transport *http.Transport
}

// NewClient returns a client for a configured provider, with its timeout and limits, at a base URL
// (scheme, host, optionally a path).
func NewClient(config *configv1.Provider, baseURL string) (*Client, error) {
	base, err := url.Parse(strings.TrimSuffix(baseURL, "/"))
	if err != nil {
		return nil, fmt.Errorf("base_url: %w", err)
	}
	timeout := timeoutOf(config)
	dialer := &net.Dialer{Timeout: min(timeout, 10*time.Second), KeepAlive: 30 * time.Second}
	c := &Client{
		provider: config.GetName(),
		limits:   newLimits(config),
		breaker:  newBreaker(config),
		rejected: &rejections{provider: config.GetName(), now: time.Now},
		room:     semaphore.NewWeighted(mostHeld),
		base:     base,
		timeout:  timeout,
		transport: &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			DialContext:            dialer.DialContext,
			TLSHandshakeTimeout:    min(timeout, 10*time.Second),
			MaxIdleConns:           256,
			MaxIdleConnsPerHost:    256,
			IdleConnTimeout:        90 * time.Second,
			ExpectContinueTimeout:  time.Second,
			MaxResponseHeaderBytes: 64 << 10,
			WriteBufferSize:        writeBuffer,
		},
	}
	c.metrics = newMetrics(c.provider, func() *enlistv1.ProviderHealth { return c.Health(nil) })
	return c, nil
}

// Close drops idle connections.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Request is one request to a vendor.
type Request struct {
	// Operation is what it asks for.
	Operation Operation
	// Method is the HTTP method.
	Method string
	// Path is added to the base URL; it begins with a slash and is escaped already.
	Path string
	// Query is added to the URL; nil for none.
	Query url.Values
	// Header holds all headers but Content-Type and User-Agent.
	Header http.Header
	// Body is sent with ContentType; nil for none.
	Body []byte
	// ContentType of Body.
	ContentType string
	// Creates says that the vendor may create a customer: without a trustworthy response the
	// outcome is unknown.
	Creates bool
	// Shown says that the look-up before this request showed the customer under exactly the
	// requested key. Observer.BeforeSend gets it.
	Shown bool
	// Lists says that the response lists all customers and may be as large as MaxListing.
	Lists bool
	// RedactedBody returns Body with `$NAMES` for secrets, for people to see; nil if Body holds
	// none.
	RedactedBody func() []byte
	// Secrets are headers and query parameters whose values people must not see, with the `$NAME`
	// to show instead.
	Secrets map[string]string
	// RedactAnswer returns the response's body without secrets, for people to see; nil if it holds
	// none. The body may be of any form: responses that are not the vendor's repeat secrets, too.
	RedactAnswer func(body []byte) string
}

// Response is a whole response.
type Response struct {
	// Status is the HTTP status code.
	Status int
	// Header of the response.
	Header http.Header
	// Body of the response, without a byte-order mark, at most MaxAnswer or MaxListing bytes.
	Body []byte

	held int64 // of the client's room
	call *watched
}

// ErrRenew is the error of a response that refuses a credential which a new login may replace. The
// adapter logs in and sends the request again. The error says nothing of the connection.
var ErrRenew = errors.New("the vendor no longer accepts the credential")

// Call sends the request once, reads the whole response, and returns what understand makes of it.
// The error of understand is an *providers.Error or ErrRenew. Health, the breaker and the rest of
// rejected credentials go by it.
//
// Call waits for a place under the limits for as long as the context allows. From then on the
// client's timeout holds, too. The context's observer follows the request.
//
// The error of a request without a response is an *providers.Error: the observer's, or
// VENDOR_CREDENTIALS_REJECTED while rejected credentials rest, or OVERLOADED or VENDOR_UNAVAILABLE
// if nothing can have been created, or else OUTCOME_UNKNOWN.
func Call[T any](ctx context.Context, c *Client, request *Request, understand func(*Response) (T, error)) (understood T, err error) {
	err = c.call(ctx, request, func(response *Response) (err error) {
		understood, err = understand(response)
		return err
	})
	return understood, err
}

// call gives its place under the limits back when the response has arrived, since understanding it
// may take another request. For the breaker and for rejections it ends when the response is
// understood.
func (c *Client) call(ctx context.Context, request *Request, understand func(*Response) error) error {
	c.metrics.waiting.Inc()
	leave, err := c.limits.enter(ctx, c.refuse)
	c.metrics.waiting.Dec()
	if err != nil {
		return c.noTurn(ctx, err)
	}
	said := saysNothing // if anything panics
	admitted, err := c.rejected.admit(request.Operation == Login)
	if err != nil {
		leave()
		return err
	}
	defer func() { admitted.end(said, err) }()
	ended, err := c.breaker.enter()
	if err != nil {
		leave()
		return c.heldBack()
	}
	defer func() { ended(forBreaker(ctx, said)) }()
	response, said, err := c.send(ctx, request, leave)
	if err == nil {
		defer c.room.Release(response.held)
		err = understand(response)
		said = judge(err)
		response.call.judged(err)
	}
	c.health.note(said, err)
	return err
}

// refuse returns the error of a request that needs no place under the limits, since it would be
// refused with one: the breaker is open, or the credentials rest.
func (c *Client) refuse() error {
	if err := c.rejected.check(); err != nil {
		return err
	}
	if c.breaker.isOpen() {
		return providers.ErrHeldBack
	}
	return nil
}

// send sends a request that has its place. Without a whole response it returns an error, and the
// verdict on that.
func (c *Client) send(ctx context.Context, request *Request, leave func()) (*Response, verdict, error) {
	defer leave()
	if err := c.beforeSend(ctx, request); err != nil {
		return nil, saysNothing, err
	}
	c.health.inFlight.Add(1)
	defer c.health.inFlight.Add(-1)
	ctx, call := c.watch(ctx, request)
	response, failure := c.exchange(undated{ctx}, request)
	call.over(response)
	c.exchanged(ctx, request, call.began, response, failure)
	if failure != nil {
		call.judged(failure)
		return nil, c.judgeUnanswered(ctx, call.took, failure), failure
	}
	response.call = call
	return response, saysNothing, nil // until it is understood
}

// undated is a context that ends with another, and reports no deadline. The caller's deadline may
// be lifted once bytes have left, and then the client's own timeout must hold.
type undated struct{ context.Context }

// Deadline says that there is none.
func (undated) Deadline() (time.Time, bool) { return time.Time{}, false }

// exchange sends the request and reads the response. With a failure, the response is nil or has a
// status only.
func (c *Client) exchange(ctx context.Context, request *Request) (*Response, *providers.Error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()

	var progress progress
	ctx = traced(ctx, request, &progress)
	httpRequest, err := http.NewRequestWithContext(ctx, request.Method, c.url(request), bytes.NewReader(request.Body))
	if err != nil {
		return nil, c.failed(request, enlistv1.SendStage_SEND_STAGE_NOT_SENT, err)
	}
	httpRequest.Header = request.headers()
	passOn(ctx, httpRequest.Header)

	answer, err := c.transport.RoundTrip(httpRequest)
	if err != nil {
		if stopped := progress.stopped.Load(); stopped != nil {
			return nil, c.stopped(request, *stopped)
		}
		return nil, c.failed(request, progress.stage(), withoutContent(cmp.Or(context.Cause(ctx), err)))
	}
	defer func() { _ = answer.Body.Close() }()
	response := &Response{Status: answer.StatusCode, Header: answer.Header}
	if answer.StatusCode == http.StatusSwitchingProtocols { // its body is the connection itself, which has no end and heeds no context
		return response, c.failed(request, enlistv1.SendStage_SEND_STAGE_SENT, errors.New("the response has HTTP status 101 (Switching Protocols)"))
	}
	if err := c.read(ctx, answer, request, response); err != nil {
		return response, c.failed(request, enlistv1.SendStage_SEND_STAGE_SENT, fmt.Errorf("cannot read the response: %w", err))
	}
	response.Body = bytes.TrimPrefix(response.Body, []byte(byteOrderMark))
	return response, nil
}

// errNoRoom is why a large response was not read whole. It says nothing of the vendor.
var errNoRoom = errors.New("other large responses use all memory reserved for them")

// byteOrderMark is U+FEFF in UTF-8. Some vendors write it before JSON, where no parser expects it.
const byteOrderMark = "\xef\xbb\xbf"

// read reads the body of a response. A body that is not small holds room until it is understood.
func (c *Client) read(ctx context.Context, answer *http.Response, request *Request, response *Response) error {
	limit := int64(MaxAnswer)
	if request.Lists {
		limit = MaxListing
	}
	start := bytes.NewBuffer(make([]byte, 0, min(max(answer.ContentLength, 0), fromRoom)+bytes.MinRead))
	if _, err := start.ReadFrom(io.LimitReader(answer.Body, fromRoom)); err != nil {
		return withoutContent(err)
	}
	if start.Len() < fromRoom {
		response.Body = start.Bytes()
		return nil
	}
	room := limit
	if answer.ContentLength >= 0 { // no more than that comes
		room = min(room, answer.ContentLength)
	}
	if err := c.room.Acquire(ctx, room); err != nil {
		return fmt.Errorf("%w: %w", errNoRoom, err)
	}
	body, err := io.ReadAll(io.LimitReader(io.MultiReader(start, answer.Body), limit+1))
	if err == nil && int64(len(body)) > limit {
		err = fmt.Errorf("it has more than %d bytes", limit)
	}
	if err != nil {
		c.room.Release(room)
		return withoutContent(err)
	}
	response.Body, response.held = body, room
	return nil
}

func (c *Client) url(request *Request) string {
	target := c.base.String() + request.Path
	if len(request.Query) > 0 {
		target += "?" + request.Query.Encode()
	}
	return target
}

func (r *Request) headers() http.Header {
	headers := maps.Clone(r.Header)
	if headers == nil {
		headers = http.Header{}
	}
	if r.Body != nil {
		headers.Set("Content-Type", r.ContentType)
	}
	headers.Set("User-Agent", userAgent)
	return headers
}

// failed returns the error of a request that got no whole response.
func (c *Client) failed(request *Request, stage enlistv1.SendStage, cause error) *providers.Error {
	if request.Creates && stage != enlistv1.SendStage_SEND_STAGE_NOT_SENT {
		return c.unknown("no complete response arrived", stage, nil, cause)
	}
	reason, message := enlistv1.ErrorReason_VENDOR_UNAVAILABLE, "Enlist could not reach provider "+c.provider+", so it sent nothing. Call again later."
	switch {
	case errors.Is(cause, errNoRoom):
		reason, message = enlistv1.ErrorReason_OVERLOADED, "Timed out waiting for memory to read a large response of provider "+c.provider+
			", because Enlist is reading other large responses. Call again after the RetryInfo delay."
	case stage != enlistv1.SendStage_SEND_STAGE_NOT_SENT:
		message = "Provider " + c.provider + " sent no complete response. Call again later."
	case errors.Is(cause, context.DeadlineExceeded):
		message = "Enlist could not reach provider " + c.provider + " before the deadline, so it sent nothing. Call again with a longer deadline."
	}
	return &providers.Error{Reason: reason, Message: message, Stage: stage, RetryAfter: time.Second, Cause: cause}
}

// unknown returns the error of a create request that the vendor may have carried out.
func (c *Client) unknown(why string, stage enlistv1.SendStage, vendor *enlistv1.VendorError, cause error) *providers.Error {
	return &providers.Error{
		Reason:  enlistv1.ErrorReason_OUTCOME_UNKNOWN,
		Message: "Enlist sent the request to provider " + c.provider + ", but " + why + ". The customer may exist or not. " + providers.CallOrWait,
		Stage:   stage, Vendor: vendor, Cause: cause,
	}
}

// withoutContent removes from an error of net/http's what the URL or the response contains, since
// that may be secret or personal. What such an error quotes of a response stands at its end.
func withoutContent(err error) error {
	var urlError *url.Error
	if errors.As(err, &urlError) {
		err = urlError.Err
	}
	if what, _, quotes := strings.Cut(err.Error(), `"`); quotes {
		return errors.New(what + "…")
	}
	return err
}

// progress follows one request through net/http. Once a connection is ready, bytes may have left.
type progress struct {
	connected     atomic.Bool
	stopped       atomic.Pointer[error] // why the observer has stopped it
	whenConnected func() error          // tells the observer; nil for none
}

func (p *progress) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		// net/http asks for another connection only while not a byte of this request has been
		// written.
		GetConn: func(string) {
			p.connected.Store(false)
			p.stopped.Store(nil)
		},
		GotConn: func(info httptrace.GotConnInfo) {
			if p.whenConnected != nil {
				if err := p.whenConnected(); err != nil {
					p.stopped.Store(&err)
					_ = info.Conn.Close() // nothing has been written to it, and nothing can be
					return
				}
			}
			p.connected.Store(true)
		},
	}
}

func (p *progress) stage() enlistv1.SendStage {
	if p.connected.Load() {
		return enlistv1.SendStage_SEND_STAGE_SENT
	}
	return enlistv1.SendStage_SEND_STAGE_NOT_SENT
}
