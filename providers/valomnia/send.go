package valomnia

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strconv"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	valomniav1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/valomnia/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/match"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
	"github.com/enlist-dev/enlist/providers/wire"
)

// said is the customer in a response, with the body and the warnings.
type said struct {
	*valomniav1.CustomerRecord
	body     []byte
	warnings []*enlistv1.Warning
	// isReadable: Enlist could read each member that shows whose customer it is.
	isReadable bool
}

// sendCreation sends a create request. 201 with an id proves a success. If the response has no
// reference, the reference that was sent counts. Another reference contradicts a success.
func (p *Provider) sendCreation(ctx context.Context, request *vendorhttp.Request, reference string) (*said, error) {
	created, err := p.send(ctx, request, http.StatusCreated, func(record *valomniav1.CustomerRecord) bool {
		return record.GetReference() == "" || match.Keys(reference, record.GetReference()) != match.Different
	})
	if err == nil && created.GetReference() == "" {
		created.Reference = reference
	}
	return created, err
}

// readByReference reads the customer with a reference, or with a nearly equal one.
func (p *Provider) readByReference(ctx context.Context, reference string) (*said, error) {
	return p.lookUp(ctx, reference, func(held string) bool { return match.Keys(reference, held) != match.Different })
}

// lookUp requests a reference. It returns Valomnia's customer if the function is accepts its
// reference.
func (p *Provider) lookUp(ctx context.Context, reference string, is func(held string) bool) (*said, error) {
	if reference == "." || reference == ".." { // as a path segment, they would address another resource, with any escaping
		return nil, providers.InvalidField(p.description.Name, "customer_id", "must not be . or .., which are not valid references")
	}
	return p.read(ctx, "/reference/"+url.PathEscape(reference), func(record *valomniav1.CustomerRecord) bool {
		return is(record.GetReference())
	})
}

// byNumber is an id that names a customer by Valomnia's own number. A bare number is a reference. A
// caller who looks up a creation with the reference 256 must not get the customer that happens to
// have that number.
var byNumber = regexp.MustCompile(`^id:([1-9][0-9]{0,18})$`)

func (p *Provider) readByNumber(ctx context.Context, number string) (*said, error) {
	return p.read(ctx, "/"+number, func(record *valomniav1.CustomerRecord) bool {
		return record.GetReference() != "" && strconv.FormatInt(record.GetId(), 10) == number
	})
}

func (p *Provider) read(ctx context.Context, path string, is func(*valomniav1.CustomerRecord) bool) (*said, error) {
	return p.send(ctx, p.newRequest(vendorhttp.Get, http.MethodGet, path), http.StatusOK, is)
}

// newRequest returns a request to the collection of customers, or below it. send completes it.
func (p *Provider) newRequest(operation vendorhttp.Operation, method, path string) *vendorhttp.Request {
	return &vendorhttp.Request{
		Operation: operation,
		Method:    method,
		Path:      p.customers + path,
		Header:    http.Header{"Accept": {"application/json"}},
		Secrets:   map[string]vendorhttp.Secret{"Cookie": {Before: sessionCookie + "=", Setting: "session"}},
	}
}

// send sends a request in a session. If the response says that there is no session, send logs in
// and repeats the request once, also a create request.
//
// Valomnia does nothing without a session. A proxy may have forwarded the request and then
// responded with 401 or the login page. Even then the repeat creates no second customer: Valomnia
// refuses it as not_unique, and a look-up shows whose customer has the reference.
func (p *Provider) send(
	ctx context.Context, request *vendorhttp.Request, success int, is func(*valomniav1.CustomerRecord) bool,
) (*said, error) {
	for renewed := false; ; renewed = true {
		session, err := p.http.Credential(ctx, p.sessions)
		if err != nil {
			return nil, err
		}
		request.Header.Set("Cookie", sessionCookie+"="+session)
		request.RedactResponse = func(body []byte) string { return wire.Redact(string(body), session) }
		understood, err := vendorhttp.Call(ctx, p.http, request, func(response *vendorhttp.Response) (*said, error) {
			if p.expired(response) && parse(response.Body) == nil && !renewed {
				return nil, vendorhttp.ErrRenew
			}
			return p.understand(request, response, success, is, session)
		})
		if !errors.Is(err, vendorhttp.ErrRenew) {
			return understood, err
		}
		p.sessions.Discard(session)
	}
}

// understand classifies a response as a success, a refusal or anything else. See the package
// comment.
func (p *Provider) understand(
	request *vendorhttp.Request, response *vendorhttp.Response, success int, is func(*valomniav1.CustomerRecord) bool, session string,
) (*said, error) {
	there := parse(response.Body)
	if response.Status == success && there != nil && is(there.CustomerRecord) {
		return there, nil
	}
	refusal, secrets := parseRefusal(response), []string{session, p.settings.GetPassword()}
	vendor := vendorhttp.VendorError(response, wire.Redact(refusal.GetError(), secrets...), wire.Redact(refusal.GetErrorDescription(), secrets...))
	switch {
	case there != nil:
		return nil, p.http.MayBeDone(request, response, vendor)
	case p.expired(response):
		return nil, p.http.CredentialsRejected(vendor, nil)
	case !refuses(response.Status, refusal.GetError()):
		return nil, p.http.NotUnderstood(request, response, vendor)
	default:
		return nil, p.refused(request, response.Status, refusal, vendor)
	}
}

// parse returns the customer in a response, which must have an id. It returns nil for any other
// body.
func parse(body []byte) *said {
	record := &valomniav1.CustomerRecord{}
	odd, err := wire.Read(body, record)
	if err != nil || record.GetId() == 0 {
		return nil
	}
	warnings := append(providers.Unreadable(odd), countryWarnings(record)...)
	return &said{CustomerRecord: record, body: body, isReadable: len(warnings) == 0, warnings: append(warnings, formWarnings(record)...)}
}

// parseRefusal returns the error in a response. It is empty for any other body.
func parseRefusal(response *vendorhttp.Response) *valomniav1.Refusal {
	refusal := &valomniav1.Refusal{}
	_, _ = wire.Read(response.Body, refusal) // leaves it empty if it fails
	return refusal
}
