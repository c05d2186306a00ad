package providertest

import (
	"errors"
	"strings"
	"time"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/match"
)

// wordOfCreate returns the word for the result of a creation, and asserts that its error is
// complete.
func (c *cell) wordOfCreate(a *attempt, err error) string {
	c.t.Helper()
	if err != nil {
		var known *providers.Error
		if errors.As(err, &known) && a.creates == 0 && known.Reason != enlistv1.ErrorReason_CUSTOMER_EXISTS &&
			known.Stage != enlistv1.SendStage_SEND_STAGE_NOT_SENT {
			c.t.Errorf("the stage is %s, but no create request went out", known.Stage)
		}
		return c.wordOfError(err, a.creates)
	}
	word := map[enlistv1.Outcome]string{
		enlistv1.Outcome_OUTCOME_CREATED: "created", enlistv1.Outcome_OUTCOME_CREATED_OR_UPDATED: "written",
		enlistv1.Outcome_OUTCOME_UPDATED: "updated", enlistv1.Outcome_OUTCOME_ADOPTED: "adopted",
	}[a.response.GetOutcome()]
	id := a.response.GetCustomer().GetId()
	if chosen := c.request.GetCustomer().GetId(); chosen != "" && (chosen != id) != isChanged(a.response.GetWarnings()) {
		c.t.Errorf("the id is %q, %q was sent, and the warnings are %v", id, chosen, a.response.GetWarnings())
	}
	return word + marks(a.response.GetWarnings()) + c.readable(id)
}

// readable returns "" if a read by the id gives a customer with the same id or another form of it.
// Otherwise it returns the mark of a defect.
func (c *cell) readable(id string) string {
	c.t.Helper()
	switch c.fault {
	case slowLookup:
		return ""
	case latency:
		c.use(c.harness.New(c.server.URL, 5*time.Second))
	}
	read, err := c.provider.GetCustomer(c.t.Context(), &enlistv1.GetCustomerRequest{Provider: c.name(), CustomerId: id})
	if err != nil {
		c.t.Logf("the id %q of the response cannot be read: %v", id, err)
		return "*"
	}
	kinship := match.Keys(id, read.GetCustomer().GetId())
	if kinship == match.Different || (kinship == match.Near) != isChanged(read.GetWarnings()) {
		c.t.Errorf("the id %q reads the customer %q with the warnings %v", id, read.GetCustomer().GetId(), read.GetWarnings())
	}
	return ""
}

// marks returns the marks of a success: ~ for an id in the vendor's form, ! for other warnings.
func marks(warnings []*enlistv1.Warning) string {
	text := ""
	if isChanged(warnings) {
		text = "~"
	}
	for _, warning := range warnings {
		if warning.GetCode() != enlistv1.WarningCode_WARNING_CODE_ID_CHANGED {
			return text + "!"
		}
	}
	return text
}

func isChanged(warnings []*enlistv1.Warning) bool {
	for _, warning := range warnings {
		if warning.GetCode() == enlistv1.WarningCode_WARNING_CODE_ID_CHANGED {
			return true
		}
	}
	return false
}

// wordOfError returns the word for an error. It asserts that the error is complete and fits the
// number of create requests.
func (c *cell) wordOfError(err error, creates int) string {
	c.t.Helper()
	var known *providers.Error
	if !errors.As(err, &known) {
		c.t.Fatalf("got %v (%T), want a *providers.Error", err, err)
	}
	c.fails(err, known.Reason)
	doubt := ""
	if creates > 0 {
		doubt = map[providers.Confirmation]string{providers.ConfirmByLookup: "?", providers.ConfirmAfterLag: "??"}[known.Confirm]
	}
	switch known.Reason {
	case unknown:
		if known.Stage == enlistv1.SendStage_SEND_STAGE_NOT_SENT || creates == 0 {
			c.t.Errorf("unknown at the stage %s after %d create requests", known.Stage, creates)
		}
		if known.Confirm == providers.ConfirmByCustomer {
			return "unproven"
		}
		return "unknown"
	case enlistv1.ErrorReason_VENDOR_REJECTED:
		if creates > 0 && known.Vendor.GetHttpStatus() >= 500 && (!known.Alive || doubt == "") {
			c.t.Errorf("a refusal with HTTP status %d is final, or counts as a failure of the vendor", known.Vendor.GetHttpStatus())
		}
		return "refused" + doubt
	case enlistv1.ErrorReason_CUSTOMER_EXISTS:
		if creates > 0 {
			return "exists??"
		}
		return "exists"
	case enlistv1.ErrorReason_CUSTOMER_NOT_FOUND:
		return "missing"
	case limited:
		return "limited"
	case unavailable:
		return "unavailable"
	case credentials:
		return "credentials"
	case invalid:
		return "invalid"
	}
	return known.Reason.String()
}

// wordOfFind returns the word for the result of a look-up.
func (c *cell) wordOfFind(candidates []providers.Candidate, err error) string {
	c.t.Helper()
	if err != nil {
		return c.wordOfError(err, 0)
	}
	var words []string
	for _, candidate := range candidates {
		defect := ""
		word := map[providers.Match]string{
			providers.MatchOurs: "ours", providers.MatchUnclear: "unclear", providers.MatchOther: "other",
		}[candidate.Match]
		if candidate.Response.GetCustomer().GetId() == "" || candidate.Response.GetOutcome() == 0 || candidate.Response.GetRequestId() == "" {
			c.t.Errorf("the candidate's response is %v", candidate.Response)
		}
		if chosen := c.request.GetCustomer().GetId(); chosen != "" && candidate.Near && !isChanged(candidate.Response.GetWarnings()) {
			c.t.Errorf("near, with the warnings %v", candidate.Response.GetWarnings())
		}
		if candidate.Match == providers.MatchOurs {
			if len(candidate.Differences) > 0 {
				c.t.Errorf("ours, but for %v", candidate.Differences)
			}
			defect = c.readable(candidate.Response.GetCustomer().GetId())
		}
		words = append(words, word+marks(candidate.Response.GetWarnings())+defect)
	}
	if len(words) == 0 {
		return "nothing"
	}
	return strings.Join(words, "+")
}
