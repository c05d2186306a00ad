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

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/limit"
	"github.com/enlist-dev/enlist/providers/wire"
)

const (
	// DefaultTimeout bounds one vendor request.
	DefaultTimeout = 30 * time.Second
	// MaxResponse is the largest body of a response that the client reads, in bytes after
	// decompression.
	MaxResponse = 4 << 20
	// MaxListing is MaxResponse for a response that Request.Scan reads.
	MaxListing = 64 << 20
	// startKept is how much of a response that Request.Scan reads stays in Response.Body, in bytes.
	startKept = 64 << 10
	// writeBuffer fits most requests, in bytes. Many connections may wait for a slow vendor, and
	// each has one.
	writeBuffer = 2 << 10

	userAgent = "enlist (+https://github.com/enlist-dev/enlist)"
)

// Client sends requests to one vendor's server. Safe for concurrent use.
type Client struct {
	provider string
	base     *url.URL
	timeout  time.Duration
	gate     *limit.Gate
	breaker  *breaker
	rejected *rejections
	room     *room
	health   health
	metrics  metrics
	// The client does not use http.Client, which reads the target of a redirect and quotes it in
	// its errors. A redirect is a response like any other. Following it could create a customer
	// twice or send a token to another host.
	transport *http.Transport
}

// NewClient returns a client for a configured provider, with its timeout and limits. baseURL has a
// scheme, a host and optionally a path.
func NewClient(config *configv1.Provider, baseURL string) (*Client, error) {
	base, err := url.Parse(strings.TrimSuffix(baseURL, "/"))
	if err != nil {
		return nil, fmt.Errorf("base_url: %w", err)
	}
	timeout := timeoutOf(config)
	dialer := &net.Dialer{Timeout: min(timeout, 10*time.Second), KeepAlive: 30 * time.Second}
	c := &Client{
		provider: config.GetName(),
		gate:     limit.NewGate(LimitsOf(config)),
		breaker:  newBreaker(config),
		rejected: &rejections{provider: config.GetName(), now: time.Now},
		room:     processRoom(),
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

// Limits returns the gate that all requests pass.
func (c *Client) Limits() *limit.Gate { return c.gate }

// Close closes idle connections.
func (c *Client) Close() { c.transport.CloseIdleConnections() }

// Request is one request to a vendor.
type Request struct {
	// Operation is the kind of the request.
	Operation Operation
	// Method is the HTTP method.
	Method string
	// Path is added to the base URL. It starts with a slash and is escaped.
	Path string
	// Query is added to the URL. It may be nil.
	Query url.Values
	// Header has all headers except Content-Type and User-Agent.
	Header http.Header
	// Body is sent with ContentType. It may be nil.
	Body []byte
	// ContentType of Body.
	ContentType string
	// Creates reports that the vendor may create a customer. Without a trustworthy response, the
	// outcome is unknown.
	Creates bool
	// Shown reports that the look-up before this request found the customer under exactly the
	// requested key. Observer.BeforeSend gets it.
	Shown bool
	// Scan reads a response that lists all customers, as it arrives. Response.Body then has only its
	// start, and the response may be as large as MaxListing. Scan may leave a part unread. It is nil
	// for any other response. Scan must call Large before it keeps more than 64 KiB of the response.
	Scan func(body *Body)
	// RedactedBody returns Body with placeholders for secrets. It is nil if Body has no secrets.
	RedactedBody func(placeholder wire.Placeholders) []byte
	// Secrets names the headers and query parameters with secret values.
	Secrets map[string]Secret
	// RedactResponse returns the response's body without secrets. It is nil if the response has no
	// secrets. It must accept any body, because a proxy's response may repeat secrets, too.
	RedactResponse func(body []byte) string
}

// Secret is a secret value of a header or a query parameter.
type Secret struct {
	// Before is the part of the value before the secret: `Bearer `.
	Before string
	// Setting is the setting of the provider with the secret, or `token` or `session` of a login.
	Setting string
}

// Response is a complete response.
type Response struct {
	// Status is the HTTP status code.
	Status int
	// Header of the response.
	Header http.Header
	// Body of the response, without a byte-order mark, at most MaxResponse bytes. If the request has
	// Scan, Body is at most the first 64 KiB.
	Body []byte

	size     int64  // of the whole body
	free     func() // returns the reserved memory
	call     *watched
	exchange *providers.Exchange // nil without an observer
}

// Body is the body of a response that arrives. Large reserves memory for one value of the body. It
// waits until there is some.
type Body struct {
	io.Reader
	Large func() error
}

// ErrRenew is the error of a response that refuses a credential that a new login may replace. The
// adapter logs in and sends the request again. The error is no evidence about the connection.
var ErrRenew = errors.New("the vendor no longer accepts the credential")

// Call sends the request once, reads the complete response, and returns the result of understand.
// understand returns an *providers.Error or ErrRenew. Its error decides about health, the breaker
// and the pause of rejected credentials.
//
// Call waits for a slot under the limits until the context ends. From then on, the client's timeout
// applies, too. The context's observer observes the request.
//
// Without a response, Call returns an *providers.Error. It is the observer's error, or
// VENDOR_CREDENTIALS_REJECTED while rejected credentials are paused, or OVERLOADED or
// VENDOR_UNAVAILABLE if nothing can have been created. Otherwise it is OUTCOME_UNKNOWN.
func Call[T any](ctx context.Context, c *Client, request *Request, understand func(*Response) (T, error)) (understood T, err error) {
	err = c.call(ctx, request, func(response *Response) (err error) {
		understood, err = understand(response)
		return err
	})
	return understood, err
}

// call frees its slot under the limits when the response has arrived, because understand may send
// another request. For the breaker and for rejections, the request ends after understand.
func (c *Client) call(ctx context.Context, request *Request, understand func(*Response) error) error {
	c.metrics.waiting.Inc()
	leave, err := c.gate.Enter(ctx, c.refuse)
	c.metrics.waiting.Dec()
	if err != nil {
		return c.noTurn(ctx, err)
	}
	var outcome providers.Outcome // it says nothing if anything panics
	admitted, err := c.rejected.admit(request.Operation == Login)
	if err != nil {
		leave()
		return err
	}
	defer func() { admitted.end(outcome, err) }()
	ended, err := c.breaker.enter()
	if err != nil {
		leave()
		return c.refusedByBreaker()
	}
	defer func() { ended(forBreaker(ctx, outcome)) }()
	response, outcome, err := c.send(ctx, request, leave)
	if err == nil {
		defer response.release(ctx)
		err = understand(response)
		interpreted(ctx, request, response, err)
		outcome = outcomeOf(err)
		response.call.ended(outcome)
	}
	c.health.note(outcome, err)
	return err
}

// refuse returns the error of a request that needs no slot under the limits, because the breaker is
// open or the credentials are paused.
func (c *Client) refuse() error {
	if err := c.rejected.check(); err != nil {
		return err
	}
	if c.breaker.isOpen() {
		return providers.ErrBreakerRefused
	}
	return nil
}

// send sends a request that has its slot. Without a complete response it returns an error and the
// outcome.
func (c *Client) send(ctx context.Context, request *Request, leave func()) (response *Response, outcome providers.Outcome, err error) {
	defer leave()
	if err := c.beforeSend(ctx, request); err != nil {
		return nil, outcome, err
	}
	c.health.inFlight.Add(1)
	defer c.health.inFlight.Add(-1)
	ctx, call := c.watch(ctx, request)
	response, failure := c.exchange(undated{ctx}, request)
	call.over(response)
	exchange := c.exchanged(ctx, request, call.began, response, failure)
	if failure != nil {
		outcome = c.outcomeWithoutResponse(ctx, call.took, failure)
		call.ended(outcome)
		return nil, outcome, failure
	}
	response.call, response.exchange = call, exchange
	return response, outcome, nil // it says nothing until it is understood
}

// undated is a context that ends with another and reports no deadline. The caller's deadline may be
// lifted after the first byte. Then the client's own timeout must apply.
type undated struct{ context.Context }

// Deadline reports no deadline.
func (undated) Deadline() (time.Time, bool) { return time.Time{}, false }

// exchange sends the request and reads the response. If it fails, the response is nil or has only a
// status.
func (c *Client) exchange(ctx context.Context, request *Request) (*Response, *providers.Error) {
	ctx, timeout := withTimeout(ctx, c.timeout)
	defer timeout.stop()

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
		cause := withoutContent(cmp.Or(context.Cause(ctx), err))
		if progress.stage() == enlistv1.SendStage_SEND_STAGE_NOT_SENT {
			cause = &providers.Unreached{BaseURL: c.base.Scheme + "://" + c.base.Host, Cause: cause}
		}
		return nil, c.failed(request, progress.stage(), cause)
	}
	defer func() { _ = answer.Body.Close() }()
	response := &Response{Status: answer.StatusCode, Header: answer.Header}
	if answer.StatusCode == http.StatusSwitchingProtocols { // its body is the connection itself, which never ends and ignores the context
		return response, c.failed(request, enlistv1.SendStage_SEND_STAGE_SENT, errors.New("the response has HTTP status 101 (Switching Protocols)"))
	}
	if err := c.read(ctx, timeout, answer, request, response); err != nil {
		return response, c.failed(request, enlistv1.SendStage_SEND_STAGE_SENT, fmt.Errorf("cannot read the response: %w", err))
	}
	response.Body = bytes.TrimPrefix(response.Body, []byte(byteOrderMark))
	return response, nil
}

// byteOrderMark is U+FEFF in UTF-8. Some vendors write it before JSON, which no parser accepts.
const byteOrderMark = "\xef\xbb\xbf"

// read reads the body of a response. A large body reserves memory until the end of the call.
func (c *Client) read(ctx context.Context, timeout *timeout, answer *http.Response, request *Request, response *Response) error {
	if request.Scan != nil {
		return c.scan(ctx, timeout, answer.Body, request, response)
	}
	body := bytes.NewBuffer(make([]byte, 0, min(max(answer.ContentLength, 0), fromRoom)+bytes.MinRead))
	if _, err := body.ReadFrom(io.LimitReader(answer.Body, fromRoom)); err != nil {
		return withoutContent(err)
	}
	if body.Len() == fromRoom {
		size := int64(MaxResponse)
		if answer.ContentLength >= 0 { // the body is not longer
			size = min(size, answer.ContentLength)
		}
		began := time.Now()
		free, err := c.room.forBody(ctx, size)
		if err != nil {
			return err
		}
		defer free()
		waited := time.Since(began)
		if answer.ContentLength >= 0 {
			body.Grow(int(size) + bytes.MinRead - fromRoom)
		}
		if _, err := body.ReadFrom(io.LimitReader(answer.Body, MaxResponse+1-fromRoom)); err != nil {
			if ctx.Err() != nil && waited > c.timeout/2 { // the wait left the vendor too little time
				return fmt.Errorf("%w: %w", errNoRoom, context.Cause(ctx))
			}
			return withoutContent(err)
		}
		if body.Len() > MaxResponse {
			return tooLong(MaxResponse)
		}
		if response.free, err = c.room.forDecoded(ctx, body.Bytes()); err != nil {
			return err
		}
	}
	response.Body, response.size = body.Bytes(), int64(body.Len())
	return nil
}

func tooLong(limit int) error { return fmt.Errorf("it has more than %d bytes", limit) }

// scan lets the request read the body as it arrives. Then it reads the rest, because a response
// that is cut short is not complete.
func (c *Client) scan(ctx context.Context, timeout *timeout, body io.Reader, request *Request, response *Response) error {
	whole, complete := &counted{reader: io.LimitReader(body, MaxListing+1), timeout: timeout}, false
	timeout.pause()
	defer func() {
		if !complete && response.free != nil {
			response.free()
		}
	}()
	request.Scan(&Body{whole, func() error {
		if response.free == nil && whole.err == nil {
			timeout.resume()
			defer timeout.pause()
			response.free, whole.err = c.room.forValue(ctx)
		}
		return whole.err
	}})
	_, _ = io.Copy(io.Discard, whole)
	switch {
	case whole.err != nil:
		return withoutContent(whole.err)
	case whole.size > MaxListing:
		return tooLong(MaxListing)
	}
	response.Body, response.size, complete = whole.start, whole.size, true
	return nil
}

// counted counts the bytes that it reads, and keeps the first ones and the first error. The timeout
// runs while it reads.
type counted struct {
	reader  io.Reader
	timeout *timeout
	size    int64
	start   []byte
	err     error
}

// Read reads a part.
func (b *counted) Read(part []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	b.timeout.resume()
	n, err := b.reader.Read(part)
	b.timeout.pause()
	b.size += int64(n)
	b.start = append(b.start, part[:min(n, startKept-len(b.start))]...)
	if err != nil && !errors.Is(err, io.EOF) {
		b.err = err
	}
	return n, err
}

// release returns the memory of a response: when the call that it belongs to has ended, or now.
func (r *Response) release(ctx context.Context) {
	if r.free != nil {
		providers.CallOf(ctx).Hold(r.free)
	}
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

// failed returns the error of a request without a complete response.
func (c *Client) failed(request *Request, stage enlistv1.SendStage, cause error) *providers.Error {
	if request.Creates && stage != enlistv1.SendStage_SEND_STAGE_NOT_SENT {
		return c.outcomeUnknown("no complete response arrived", stage, nil, cause)
	}
	reason, message := enlistv1.ErrorReason_VENDOR_UNAVAILABLE, "Enlist could not reach provider "+c.provider+", so it sent nothing. "+providers.CallLater
	var large *needsMore
	switch {
	case errors.As(cause, &large):
		reason, message = enlistv1.ErrorReason_OVERLOADED, "A response of provider "+c.provider+" "+large.Error()+
			". An operator must raise the memory limit of Enlist (GOMEMLIMIT, or the limit of its container)."
	case errors.Is(cause, errNoRoom):
		reason, message = enlistv1.ErrorReason_OVERLOADED, "Timed out waiting for memory to read a large response of provider "+c.provider+
			", because Enlist is reading other large responses. "+providers.CallLater
	case stage != enlistv1.SendStage_SEND_STAGE_NOT_SENT:
		message = "Provider " + c.provider + " sent no complete response. " + providers.CallLater
	case errors.Is(cause, context.DeadlineExceeded):
		message = "Enlist could not reach provider " + c.provider + " before the deadline, so it sent nothing. Call again with a longer deadline."
	}
	return &providers.Error{Reason: reason, Message: message, Stage: stage, RetryAfter: time.Second, Cause: cause}
}

// outcomeUnknown returns the error of a create request that the vendor may have carried out.
func (c *Client) outcomeUnknown(why string, stage enlistv1.SendStage, vendor *enlistv1.VendorError, cause error) *providers.Error {
	return &providers.Error{
		Reason:  enlistv1.ErrorReason_OUTCOME_UNKNOWN,
		Message: "Enlist sent the request to provider " + c.provider + ", but " + why + ". The customer may exist or not. " + providers.CallOrWait,
		Stage:   stage, Vendor: vendor, Cause: cause,
	}
}

// withoutContent removes the content of the URL or the response from an error of net/http, because
// it may be secret or personal. Such an error quotes a response at its end.
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

// progress tracks one request through net/http. Once a connection is ready, bytes may have been
// written.
type progress struct {
	connected     atomic.Bool
	stopped       atomic.Pointer[error] // the observer's error that stopped the request
	whenConnected func() error          // calls the observer; may be nil
}

func (p *progress) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		// net/http gets another connection only while no byte of this request is written.
		GetConn: func(string) {
			p.connected.Store(false)
			p.stopped.Store(nil)
		},
		GotConn: func(info httptrace.GotConnInfo) {
			if p.whenConnected != nil {
				if err := p.whenConnected(); err != nil {
					p.stopped.Store(&err)
					_ = info.Conn.Close() // nothing is written to it, and nothing can be
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
