package certify

import (
	"fmt"
	"html"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/match"
)

// compareCustomer compares the customer that was written with the one that the vendor returns.
// where says in which response. A value that is lost or changed fails the check.
func (r *run) compareCustomer(c *check, written, held *enlistv1.Customer, where string) {
	written = proto.CloneOf(providers.AsSent(written))
	written.Id = ""
	theirs := proto.CloneOf(held)
	theirs.Id = ""
	for _, drift := range r.description.Drift(written, theirs) {
		if drift.GetKind() == enlistv1.DriftKind_DRIFT_KIND_ADDED || !r.readable(drift.GetPath()) && drift.GetHeld() == "" {
			continue
		}
		if drift.GetHeld() == "" {
			c.differ(Difference{Kind: NotReturned, Field: drift.GetPath(), Sent: drift.GetWritten(), Note: "It did not come back " + where + "."})
			c.fail("%s did not come back %s", drift.GetPath(), where)
			continue
		}
		if drift.GetKind() == enlistv1.DriftKind_DRIFT_KIND_OTHER_FORM { // the vendor documents so
			continue
		}
		how, harmless := changed(drift.GetWritten(), drift.GetHeld())
		shown := drift.GetHeld()
		if !harmless && !r.isMarked(held) { // it may be another customer's
			shown = "(not shown: the record has no marker)"
		}
		c.differ(Difference{
			Kind: OtherForm, Field: drift.GetPath(), Sent: drift.GetWritten(), Held: shown, Note: "It came back " + how + " " + where + ".",
		})
		if !harmless {
			c.fail("%s came back %s %s", drift.GetPath(), how, where)
		}
	}
	r.compareTime(c, held)
}

// compareTime checks the time at which the vendor says that it created the customer just now.
func (r *run) compareTime(c *check, held *enlistv1.Customer) {
	if !r.readable("customer.create_time") {
		return
	}
	created := held.GetCreateTime()
	switch skew := time.Since(created.AsTime()); {
	case created == nil:
		c.differ(Difference{Kind: NotReturned, Field: "customer.create_time", Note: "Enlist cannot read when the vendor created the customer: " +
			"the time is missing, or has a form that Enlist does not know."})
	case skew.Abs() > providers.ClockSkew:
		c.differ(Difference{Kind: OtherForm, Field: "customer.create_time", Held: created.AsTime().Format(time.RFC3339), Note: fmt.Sprintf(
			"A customer that was created just now has a time that is %s away. The vendor's clock, zone or date format is another one.",
			skew.Abs().Round(time.Minute))})
	}
}

// compareID compares the id that was requested with the one that the vendor returns.
func (r *run) compareID(c *check, requested, held, where string) {
	if requested == "" || requested == held {
		return
	}
	how, _ := changed(requested, held)
	note := "The vendor returns the id " + how + " " + where + "."
	if match.Keys(requested, held) == match.Different {
		c.fail("customer.id came back %s %s", how, where)
	} else {
		note += " Callers must use the id of the response."
	}
	c.differ(Difference{Kind: NormalisedKey, Field: "customer.id", Sent: requested, Held: held, Note: note})
}

// changed says in words how a value that came back differs from the one that was sent, and whether
// nothing is lost.
func changed(sent, held string) (how string, harmless bool) {
	switch {
	case strings.TrimSpace(sent) == strings.TrimSpace(held):
		return "with other spaces at its ends", true
	case norm.NFC.String(sent) == norm.NFC.String(held):
		return "with its accents composed or decomposed (Unicode normalisation)", true
	case strings.ToUpper(sent) == held:
		return "in capitals", false
	case strings.ToLower(sent) == held:
		return "in small letters", false
	case strings.EqualFold(sent, held):
		return "with other capitals", false
	case html.UnescapeString(held) == sent:
		return "with HTML escapes", false
	case strings.TrimLeft(sent, "0") == strings.TrimLeft(held, "0"):
		return "with other leading zeros", false
	case strings.HasPrefix(sent, held):
		return fmt.Sprintf("cut to %d characters", utf8.RuneCountInString(held)), false
	case unaccented(sent) == held:
		return "without accents", false
	case strings.Count(held, "?") > strings.Count(sent, "?"):
		return "with question marks for some characters (another character set)", false
	case strings.ContainsAny(held, "ÃÂ\uFFFD"):
		return "in another character set", false
	case match.Names(sent, held) != match.Different:
		return "in another form", false
	}
	return "changed", false
}

func unaccented(text string) string {
	return norm.NFC.String(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(text)))
}

// compareWarnings reports what the adapter or the vendor warns of. The warning that Customer has no
// field for an option is no news if the request set it.
func (c *check) compareWarnings(request *enlistv1.CreateCustomerRequest, warnings []*enlistv1.Warning) {
	for _, warning := range warnings {
		switch warning.GetCode() {
		case enlistv1.WarningCode_WARNING_CODE_ID_CHANGED: // compareID says more
			continue
		case enlistv1.WarningCode_WARNING_CODE_UNREPRESENTED_VALUE:
			if isGivenIn(request, warning.GetPath()) {
				continue
			}
		}
		c.differ(Difference{Kind: Warned, Field: warning.GetPath(), Member: warning.GetVendorCode(), Note: warning.GetMessage()})
	}
}

// compareStatus compares the HTTP status of an exchange with the documented ones of a case.
func (r *run) compareStatus(c *check, exchange *providers.Exchange, kind string) {
	documented := r.facts.Statuses[kind]
	if exchange == nil || exchange.Status == 0 {
		return
	}
	if len(documented) > 0 && !slices.Contains(documented, exchange.Status) {
		c.differ(Difference{Kind: OtherStatus, Member: kind, Held: fmt.Sprint(exchange.Status), Note: fmt.Sprintf(
			"The HTTP status is %d. The vendor documents %s.", exchange.Status, strings.Trim(fmt.Sprint(documented), "[]"))})
	}
}
