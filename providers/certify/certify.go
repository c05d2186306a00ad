package certify

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/registry"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
)

// Settings are what a certification is about.
type Settings struct {
	// Config is the provider's configuration, valid and complete.
	Config *configv1.Provider
	// Create says whether to create test customers.
	Create bool
	// Request has the operator's own values for test customers, such as codes that are set up at the
	// vendor. Its customer and its options count, without the id and the email. It may be nil.
	Request *enlistv1.CreateCustomerRequest
	// Marker is in each test customer. It has letters, digits and hyphens.
	Marker string
	// Customer is the id of an existing customer to read. It may be empty.
	Customer string
	// WrongCredential says whether to log in once with a wrong secret.
	WrongCredential bool
	// Wait is how long to wait for a new customer to become visible.
	Wait time.Duration
	// Progress gets each check when it has ended. It may be nil.
	Progress func(*Check)
}

// Unreachable is the error of a vendor that cannot be reached, so that nothing can be checked.
type Unreachable struct{ error }

// Unwrap returns the cause.
func (u *Unreachable) Unwrap() error { return u.error }

// run is a certification in progress.
type run struct {
	Settings
	report      *Report
	recorder    *recorder
	provider    providers.Provider
	description *providers.Description
	facts       *facts
	readable    func(path string) bool
	places      []place
	secrets     []string

	suffix     string        // makes this run's ids unique
	made       int           // requests for test customers so far
	choosesID  bool          // the caller chooses the id
	stopped    string        // why no other check can run
	retryAfter time.Duration // what the vendor asked for since the last check began
	lag        time.Duration
	lags       int
	unresolved bool // a creation has an unknown outcome that no look-up settled
	minimal    *customer
	whole      *customer
}

// Run certifies a provider. The report is complete as far as the checks got, also if the context
// ends. The error is an *Unreachable, or one of the settings.
func Run(ctx context.Context, settings Settings) (*Report, error) {
	r, err := newRun(settings)
	if err != nil {
		return nil, err
	}
	r.login(ctx)
	unreachable := r.stopped != "" && r.recorderSawNothing() && ctx.Err() == nil
	for _, one := range r.checks() {
		r.check(ctx, one.name, one.title, one.do)
	}
	r.finish(ctx)
	if unreachable {
		return r.report, &Unreachable{errors.New(strings.Join(r.report.Checks[0].Reasons, " "))}
	}
	return r.report, nil
}

func newRun(settings Settings) (*run, error) {
	settings.Config = proto.CloneOf(settings.Config)
	settings.Config.Breaker = &configv1.Breaker{Disabled: true} // each failure is a finding, and none may hide the next
	// Each customer has an id, an email and a request_id of its own.
	settings.Request = &enlistv1.CreateCustomerRequest{
		Customer: proto.CloneOf(settings.Request.GetCustomer()), VendorOptions: proto.CloneOf(settings.Request).GetVendorOptions(),
	}
	if settings.Request.Customer != nil {
		settings.Request.Customer.Id, settings.Request.Customer.Email = "", ""
	}
	registered := registry.Registered(settings.Config)
	if registered.Facts == nil {
		return nil, fmt.Errorf("provider %s has a vendor without an adapter", settings.Config.GetName())
	}
	known, err := readFacts(registered.Facts)
	if err != nil {
		return nil, err
	}
	r := &run{
		Settings: settings, facts: known, readable: known.readable(), recorder: &recorder{from: map[*providers.Exchange]int{}},
		suffix: strings.ToLower(rand.Text()[:shortSuffix]),
	}
	if r.provider, err = r.connect(settings.Config); err != nil {
		return nil, err
	}
	r.description = r.provider.Describe()
	r.report = &Report{
		Provider: settings.Config.GetName(), Vendor: providers.VendorName(r.description.Vendor), Creates: settings.Create,
		Started: time.Now().UTC(), Differences: []*Difference{}, Customers: []*Customer{}, Settings: []Setting{},
	}
	r.secrets = secretTexts(settings.Config.ProtoReflect())
	r.Marker = cmp.Or(settings.Marker, NewMarker())
	if settings.Create {
		r.report.Marker = r.Marker
	}
	r.places = r.placesOf()
	if at := slices.IndexFunc(r.places, func(place place) bool { return place.path == "customer.id" }); at >= 0 {
		if most := r.places[at].most(); most == 0 || most >= len(idStart)+longSuffix+2 {
			r.suffix = strings.ToLower(rand.Text()[:longSuffix]) // so that no run ever meets another's ids
		}
	}
	r.choosesID = true // if the adapter accepts an id
	r.choosesID = !isAbout(r.fits(r.newRequest(value{"customer.id", ""})), "customer.id")
	return r, nil
}

// NewMarker returns a marker with the day and a random part.
func NewMarker() string {
	return "enlist-" + time.Now().UTC().Format("20060102") + "-" + strings.ToLower(rand.Text()[:4])
}

func (r *run) connect(config *configv1.Provider) (providers.Provider, error) {
	made, err := registry.New([]*configv1.Provider{config})
	if err != nil {
		return nil, err
	}
	return made[config.GetName()], nil
}

// named is a check to run.
type named struct {
	name, title string
	do          func(context.Context, *check)
}

// checks returns the checks after the login, in order. The wrong credential comes last: a vendor
// that locks the user after it then hides nothing else.
func (r *run) checks() []named {
	checks := []named{
		{"unknown-customer", "An unknown customer is not found", r.unknownCustomer},
		{"read", "An existing customer can be read", r.existingCustomer},
		{"list", "A list can be read", r.list},
		{"paging", "Pages are complete, and a wrong page token is refused", r.paging},
	}
	if r.Create {
		checks = append([]named{checks[0], checks[1]}, r.creating()...)
	}
	return append(checks, named{"wrong-credential", "A wrong credential is refused as such", r.wrongCredential})
}

// check collects what one check finds.
type check struct {
	*Check
	run   *run
	start int    // the first exchange of the check
	id    string // of the last creation
}

func (c *check) fail(format string, values ...any) {
	c.Result = Failed
	c.Reasons = append(c.Reasons, c.run.redact(fmt.Sprintf(format, values...)))
}

func (c *check) skip(format string, values ...any) {
	if c.Result != Failed {
		c.Result = Skipped
	}
	c.Reasons = append(c.Reasons, fmt.Sprintf(format, values...))
}

func (c *check) note(format string, values ...any) {
	c.Notes = append(c.Notes, c.run.redact(fmt.Sprintf(format, values...)))
}

func (c *check) differ(found Difference) {
	found.Check = c.Name
	c.run.report.differ(&found)
}

// failWith fails the check with an error of the adapter.
func (c *check) failWith(what string, err error) {
	if known := (*providers.Error)(nil); errors.As(err, &known) && known.Reason == enlistv1.ErrorReason_VENDOR_RATE_LIMITED {
		c.run.retryAfter = max(c.run.retryAfter, known.RetryAfter)
	}
	c.fail("%s: %s", what, c.run.explain(err))
}

// explain returns an error in one line: the reason, the message without the advice to callers of a
// server, the fields and the vendor's words.
func (r *run) explain(err error) string {
	var known *providers.Error
	if !errors.As(err, &known) {
		return err.Error()
	}
	text := known.Reason.String() + ": " + providers.WithoutAdvice(known.Message)
	for _, violation := range known.Violations {
		text += " " + violation.Path + " " + violation.Description + "."
	}
	for _, message := range known.Vendor.GetMessages() {
		text += " The vendor said: " + r.words(strings.TrimSpace(strings.Join([]string{
			message.GetCode(), message.GetMessage(), message.GetExtra(), message.GetDescription(),
		}, " ")))
	}
	if known.Cause != nil {
		text += " (" + known.Cause.Error() + ")"
	}
	return strings.Join(strings.Fields(text), " ")
}

// check runs a check, and reports it.
func (r *run) check(ctx context.Context, name, title string, do func(context.Context, *check)) {
	if r.retryAfter > 0 {
		sleep(ctx, min(r.retryAfter, r.Wait))
		r.retryAfter = 0
	}
	c := &check{Check: &Check{Name: name, Title: title, Result: Passed}, run: r, start: r.recorder.count()}
	began := time.Now()
	switch {
	case ctx.Err() != nil:
		c.skip("The run was stopped before.")
	case r.stopped != "":
		c.skip("%s", r.stopped)
	default:
		do(r.recorder.observing(ctx), c)
	}
	if ctx.Err() != nil && c.Result == Passed {
		c.skip("The run was stopped during this check.")
	}
	c.Took = milliseconds(time.Since(began))
	if c.Result == Failed {
		r.compareFailed(c)
		c.Exchanges = r.shown(r.recorder.since(c.start))
	}
	r.report.Checks = append(r.report.Checks, c.Check)
	if r.Progress != nil {
		r.Progress(c.Check)
	}
}

// login checks the connection and the credentials. No other check runs without them.
func (r *run) login(ctx context.Context) {
	r.check(ctx, "login", "The vendor accepts the credentials", func(ctx context.Context, c *check) {
		err := r.provider.Check(ctx)
		switch {
		case err == nil:
		case providers.IsReason(err, enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED):
			c.failWith("The login failed", err)
			r.stopped = "The vendor rejects the credentials. Another request could lock the user."
		default:
			c.failWith("The vendor did not respond as expected", err)
			if r.recorderSawNothing() {
				r.stopped = "The vendor cannot be reached."
			}
		}
	})
}

// recorderSawNothing reports whether no request got a response.
func (r *run) recorderSawNothing() bool {
	for _, exchange := range r.recorder.since(0) {
		if exchange.Status != 0 {
			return false
		}
	}
	return true
}

// finish completes the report.
func (r *run) finish(ctx context.Context) {
	r.report.Ended = time.Now().UTC()
	r.report.Times = r.recorder.times()
	if r.lags > 0 {
		r.report.Lag = &Lag{Customers: r.lags, Max: milliseconds(r.lag)}
	}
	r.suggest()
	for _, made := range r.report.Customers {
		made.Remove = cmp.Or(made.Remove, r.description.Privacy.Otherwise, "Delete it at the vendor.")
		if made.State == mayExist {
			made.Remove = "Look for the id and the marker at the vendor. " + made.Remove
		}
	}
	switch {
	case ctx.Err() != nil: // what failed may have failed because of that
		r.report.Result = Incomplete
	case r.report.Count(Failed) > 0:
		r.report.Result = Failed
	default:
		r.report.Result = Passed
	}
}

// wrongCredential logs in once with a made-up secret, and then once with the right one. Each has a
// provider of its own.
func (r *run) wrongCredential(ctx context.Context, c *check) {
	if !r.WrongCredential {
		c.skip("--skip-wrong-credential is set.")
		return
	}
	wrong := withWrongSecret(r.Config, "enlist-certify-wrong-"+strings.ToLower(rand.Text()))
	if wrong == nil {
		c.skip("The connection has no secret.")
		return
	}
	c.note("One request had a made-up secret, on purpose. The vendor's log shows it as a failed login.")
	provider, err := r.connect(wrong)
	if err != nil {
		c.skip("A provider with a made-up secret cannot be made: %v", err)
		return
	}
	err = provider.Check(ctx)
	exchanges := r.recorder.since(c.start)
	switch {
	case err == nil:
		c.fail("The vendor accepts a wrong secret.")
	case !providers.IsReason(err, enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED):
		c.failWith("The vendor did not refuse a wrong secret as such", err)
	}
	if len(exchanges) > 0 && c.Result != Failed {
		r.compareStatus(c, &exchanges[len(exchanges)-1], "credentials")
	}
	again, err := r.connect(r.Config)
	if err == nil {
		err = again.Check(ctx)
	}
	if err != nil && ctx.Err() == nil && r.report.Checks[0].Result == Passed {
		c.failWith("After one wrong login, the right credentials no longer work. The vendor may have locked the user", err)
	}
}

// isAbout reports whether an error has a violation at a path.
func isAbout(err error, path string) bool {
	var known *providers.Error
	if !errors.As(err, &known) {
		return false
	}
	for _, violation := range known.Violations {
		if violation.Path == path {
			return true
		}
	}
	return false
}

// lookupLag returns the configured lookup_lag.
func (r *run) lookupLag() time.Duration { return vendorhttp.SettledAfter(r.Config) - r.timeout() }

// timeout returns the configured timeout.
func (r *run) timeout() time.Duration {
	return cmp.Or(r.Config.GetTimeout().AsDuration(), vendorhttp.DefaultTimeout)
}
