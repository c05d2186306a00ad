package certify

import (
	"slices"
	"time"
)

// Result is the result of a check or of a whole report.
type Result string

// The results.
const (
	Passed  Result = "passed"
	Failed  Result = "failed"
	Skipped Result = "skipped"
	// Incomplete is a report whose checks did not all run, because someone stopped them.
	Incomplete Result = "incomplete"
)

// Report is what a certification found. It contains no secret, and of other customers at most the
// shape.
type Report struct {
	Provider string    `json:"provider"`
	Vendor   string    `json:"vendor"`
	Enlist   string    `json:"enlist,omitempty"`
	Started  time.Time `json:"started"`
	Ended    time.Time `json:"ended"`
	// Creates says whether test customers were created. Marker is in each of them.
	Creates bool   `json:"creates"`
	Marker  string `json:"marker,omitempty"`
	Result  Result `json:"result"`

	Checks      []*Check      `json:"checks"`
	Differences []*Difference `json:"differences"`
	Times       []Times       `json:"times"`
	Lag         *Lag          `json:"lag,omitempty"`
	Settings    []Setting     `json:"settings"`
	// YAML is the suggested settings, to paste into the provider's configuration.
	YAML string `json:"yaml,omitempty"`
	// NotTried are the fields of the field table that no test customer had, each with the reason.
	NotTried  []Untried   `json:"not_tried,omitempty"`
	Customers []*Customer `json:"customers"`
}

// Check is one check.
type Check struct {
	Name   string `json:"name"`
	Title  string `json:"title"`
	Result Result `json:"result"`
	// Reasons say why it failed or was skipped. Notes say what else it found.
	Reasons []string `json:"reasons,omitempty"`
	Notes   []string `json:"notes,omitempty"`
	Took    float64  `json:"took_ms"`
	// Exchanges are the requests and responses of a failed check.
	Exchanges []Exchange `json:"exchanges,omitempty"`
}

// Exchange is a request and its response, without secrets.
type Exchange struct {
	Operation string            `json:"operation"`
	Request   string            `json:"request"`
	Headers   map[string]string `json:"headers,omitempty"`
	Body      string            `json:"body,omitempty"`
	Status    int               `json:"status"`
	Response  string            `json:"response,omitempty"`
	Error     string            `json:"error,omitempty"`
	Took      float64           `json:"took_ms"`
}

// Kind is the kind of a difference.
type Kind string

// The kinds of differences.
const (
	OtherForm     Kind = "other_form"     // a field came back in another form
	NotReturned   Kind = "not_returned"   // a field that was sent did not come back
	NormalisedKey Kind = "normalised_key" // the vendor stores the id in another form
	Merged        Kind = "merged"         // a creation or adoption changed an existing customer
	UnknownMember Kind = "unknown_member" // the vendor documents no such member
	MissingMember Kind = "missing_member" // a documented member is missing
	OtherType     Kind = "other_type"     // a member has another JSON type
	OtherStatus   Kind = "other_status"   // the HTTP status is not the documented one
	Warned        Kind = "warning"        // the adapter or the vendor warned
	Limit         Kind = "limit"          // the vendor refuses a length that it does not document
	Behaviour     Kind = "behaviour"      // anything else
)

// Difference is something that is not as Enlist expects.
type Difference struct {
	Kind  Kind   `json:"kind"`
	Check string `json:"check"`
	// Field is the canonical path, Member the vendor's name.
	Field  string `json:"field,omitempty"`
	Member string `json:"member,omitempty"`
	Sent   string `json:"sent,omitempty"`
	Held   string `json:"held,omitempty"`
	Note   string `json:"note"`
}

// Times are the response times of one kind of request.
type Times struct {
	Operation string  `json:"operation"`
	Count     int     `json:"count"`
	Min       float64 `json:"min_ms"`
	Median    float64 `json:"median_ms"`
	Max       float64 `json:"max_ms"`
}

// Lag is how long new customers stayed invisible after the response to their creation.
type Lag struct {
	Customers int     `json:"customers"`
	Max       float64 `json:"max_ms"`
}

// Setting is a setting of the provider.
type Setting struct {
	Name       string `json:"name"`
	Configured string `json:"configured"`
	Suggested  string `json:"suggested"`
	Why        string `json:"why"`
}

// Untried is a field that no test customer had.
type Untried struct {
	Field string `json:"field"`
	Why   string `json:"why"`
}

// Customer is a test customer.
type Customer struct {
	ID        string            `json:"id"`
	VendorIDs map[string]string `json:"vendor_ids,omitempty"`
	Email     string            `json:"email,omitempty"`
	// State says whether it stays, was erased, or may exist.
	State string `json:"state"`
	// Remove says how to remove it.
	Remove string `json:"remove"`
}

// The states of test customers.
const (
	stays    = "stays"
	erased   = "erased"
	mayExist = "may exist"
)

// Count returns how many checks have a result.
func (r *Report) Count(result Result) (count int) {
	for _, check := range r.Checks {
		if check.Result == result {
			count++
		}
	}
	return count
}

// differ adds a difference, unless an earlier one of the same kind is about the same place.
func (r *Report) differ(found *Difference) {
	if !slices.ContainsFunc(r.Differences, func(other *Difference) bool {
		return other.Kind == found.Kind && other.Field == found.Field && other.Member == found.Member && other.Note == found.Note
	}) {
		r.Differences = append(r.Differences, found)
	}
}

func milliseconds(took time.Duration) float64 {
	return float64(took.Round(time.Microsecond)) / float64(time.Millisecond)
}
