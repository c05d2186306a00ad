package valomnia

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	valomniav1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/valomnia/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
	"github.com/enlist-dev/enlist/providers/wire"
)

// Valomnia's own codes that have a meaning here; the others are passed on as the vendor's refusal.
const (
	notUnique     = "not_unique"
	notFound      = "not_found"
	noCredentials = "no_credentials"
)

// sendCreation sends a create and returns the record and body of a success: 201 with the customer of that reference, nothing else.
func (p *Provider) sendCreation(ctx context.Context, call *vendorhttp.Request, reference string) (*valomniav1.CustomerRecord, []byte, error) {
	return p.send(ctx, call, http.StatusCreated, func(record *valomniav1.CustomerRecord) bool { return record.GetReference() == reference })
}

// readByReference reads a customer by the caller's key. A vendor that takes no heed of case may spell it otherwise.
func (p *Provider) readByReference(ctx context.Context, reference string) (*valomniav1.CustomerRecord, []byte, error) {
	if reference == "." || reference == ".." { // as a segment of a path they would address something else, however they are escaped
		return nil, nil, providers.InvalidField(p.description.Name, "customer_id", "must not be . or .., which no reference can be")
	}
	return p.read(ctx, "/reference/"+url.PathEscape(reference), func(record *valomniav1.CustomerRecord) bool {
		return strings.EqualFold(record.GetReference(), reference)
	})
}

// byNumber is an id that names a customer by Valomnia's own number. A bare number is a reference: who asks whether a create under
// the reference 256 was carried out must not be shown the customer that happens to have that number.
var byNumber = regexp.MustCompile(`^id:([1-9][0-9]{0,18})$`)

func (p *Provider) readByNumber(ctx context.Context, number string) (*valomniav1.CustomerRecord, []byte, error) {
	return p.read(ctx, "/"+number, func(record *valomniav1.CustomerRecord) bool { return strconv.FormatInt(record.GetId(), 10) == number })
}

func (p *Provider) read(ctx context.Context, path string, is func(*valomniav1.CustomerRecord) bool) (*valomniav1.CustomerRecord, []byte, error) {
	return p.send(ctx, p.requestOf(vendorhttp.Get, http.MethodGet, path), http.StatusOK, is)
}

// requestOf makes a call at the collection of customers, or below it, as which send completes it.
func (p *Provider) requestOf(operation vendorhttp.Operation, method, path string) *vendorhttp.Request {
	return &vendorhttp.Request{
		Operation: operation,
		Method:    method,
		Path:      p.customers + path,
		Header:    http.Header{"Accept": {"application/json"}},
		Secrets:   map[string]string{"Cookie": sessionCookie + "=$VALOMNIA_SESSION"},
	}
}

// send makes a call in a session. When the answer says that there is no session nothing was done, so the session is renewed and
// the call repeated, once.
func (p *Provider) send(
	ctx context.Context, call *vendorhttp.Request, success int, is func(*valomniav1.CustomerRecord) bool,
) (*valomniav1.CustomerRecord, []byte, error) {
	for renewed := false; ; renewed = true {
		session, err := p.http.Credential(ctx, p.sessions)
		if err != nil {
			return nil, nil, err
		}
		call.Header.Set("Cookie", sessionCookie+"="+session)
		call.RedactAnswer = func(body []byte) string { return wire.Redact(string(body), session) }
		var body []byte
		record, err := vendorhttp.Call(ctx, p.http, call, func(answer *vendorhttp.Response) (*valomniav1.CustomerRecord, error) {
			body = answer.Body
			if p.expired(answer) && recordIn(answer) == nil && !renewed {
				return nil, vendorhttp.ErrRenew
			}
			return p.understand(call, answer, success, is, session)
		})
		if !errors.Is(err, vendorhttp.ErrRenew) {
			return record, body, err
		}
		p.sessions.Discard(session)
	}
}

// understand tells a success from each kind of failure.
func (p *Provider) understand(
	call *vendorhttp.Request, answer *vendorhttp.Response, success int, is func(*valomniav1.CustomerRecord) bool, session string,
) (*valomniav1.CustomerRecord, error) {
	record := recordIn(answer)
	if answer.Status == success && record != nil && is(record) {
		return record, nil
	}
	said, name := refusal(answer), p.description.Name
	secrets := []string{session, p.settings.GetPassword()}
	vendor := vendorhttp.VendorError(answer, wire.Redact(said.GetError(), secrets...), wire.Redact(said.GetErrorDescription(), secrets...))
	refused := func(reason enlistv1.ErrorReason, message string) error {
		return &providers.Error{Reason: reason, Message: message, Stage: enlistv1.SendStage_SEND_STAGE_ANSWERED, Vendor: vendor}
	}
	switch code := said.GetError(); {
	case record != nil:
		return nil, p.http.MayBeDone(call, answer, vendor)
	case p.expired(answer):
		return nil, p.http.CredentialsRejected(vendor, nil)
	case !refuses(answer.Status, code):
		return nil, p.http.NotUnderstood(call, answer, vendor)
	case code == notFound && !call.Creates:
		return nil, p.description.CustomerNotFound(vendor)
	case code == notFound:
		return nil, refused(enlistv1.ErrorReason_VENDOR_REJECTED, "Provider "+name+" says that something the request refers to does not exist or "+
			"is not set up there; see VendorError. Nothing was created.")
	case code == notUnique && referenceTaken(said.GetErrorDescription()):
		return nil, p.description.CustomerExists(vendor)
	default:
		return nil, refused(enlistv1.ErrorReason_VENDOR_REJECTED,
			"Provider "+name+" refused the request with "+vendor.GetMessages()[0].GetCode()+"; see VendorError. Nothing was created.")
	}
}

// recordIn returns the customer that an answer holds, and nil for any other body.
func recordIn(answer *vendorhttp.Response) *valomniav1.CustomerRecord {
	record := &valomniav1.CustomerRecord{}
	if wire.Unmarshal(answer.Body, record) != nil || record.GetId() == 0 || record.GetReference() == "" {
		return nil
	}
	return record
}

var ownCode = regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)

// refuses reports whether an answer is Valomnia's refusal: a client error with one of its codes, which are words joined by
// underscores. What a framework or a proxy says ("Not Found") is not, and the statuses that speak for themselves are left to them.
func refuses(status int, code string) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusRequestTimeout, http.StatusTooManyRequests:
		return false
	}
	return status >= 400 && status < 500 && ownCode.MatchString(code)
}

// referenceTaken tells the refusal of a reference in use, in the words of the page, from that of another unique value.
func referenceTaken(description string) bool {
	return strings.HasPrefix(strings.ToLower(strings.TrimSpace(description)), "reference already used")
}

// refusal reads the error in an answer; it is empty for any other body.
func refusal(answer *vendorhttp.Response) *valomniav1.Refusal {
	said := &valomniav1.Refusal{}
	if wire.Unmarshal(answer.Body, said) != nil {
		return &valomniav1.Refusal{}
	}
	return said
}
