package providers

import (
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers/match"
)

// ClockSkew is the greatest difference between a vendor's clock and ours.
const ClockSkew = 10 * time.Minute

// enoughEqual is the number of equal values, besides the id, that make a customer ours.
const enoughEqual = 2

// IsCreateTime reports whether a time can be when a vendor created a customer. A time before 2000
// is another value that was read as a time, and so no evidence.
func IsCreateTime(at *timestamppb.Timestamp) bool {
	return at.IsValid() && at.AsTime().Year() >= 2000
}

// Predates reports whether a customer with this create time existed before the send, by more than
// ClockSkew. It returns false without a time.
func (s Sent) Predates(created *timestamppb.Timestamp) bool {
	return IsCreateTime(created) && !s.Since.IsZero() && created.AsTime().Before(s.Since.Add(-ClockSkew))
}

// ByContent compares the customer that was sent with the one that was read under its key. It
// returns the match and the paths that differ. It compares only fields that were sent and that the
// vendor returns. Too few of them leave the match unclear. A nearly equal value, which the vendor
// may have rewritten, counts neither for nor against.
func (d *Description) ByContent(sent, read *enlistv1.Customer) (told Match, differences []string) {
	there := map[string]string{}
	for _, leaf := range leavesOfCustomer(read) {
		there[leaf.path] = leaf.value
	}
	alike := 0
	for _, leaf := range leavesOfCustomer(sent) {
		value, comesBack := there[leaf.path]
		if _, otherwise := d.ReadOtherwise[leaf.path]; otherwise || !comesBack || value == "" || isOutputOnly(leaf.path) {
			continue
		}
		switch kinship := comparison(leaf.path)(leaf.value, value); {
		case kinship == match.Near:
		case kinship == match.Different:
			differences = append(differences, leaf.path)
		case leaf.path != "customer.id":
			alike++
		}
	}
	otherID := match.Keys(sent.GetId(), read.GetId()) != match.Same && !read.GetCreateTime().IsValid() // no time proves that it is ours, either
	if len(differences) > 0 || alike < enoughEqual || otherID {
		return MatchUnclear, differences
	}
	return MatchOurs, nil
}

// ByTimeAndContent is ByContent for a creation that the vendor refuses or Enlist does not send if
// the customer exists. So a customer that is older than the send belongs to another request. But if
// a look-up just before the send found none, the clocks disagree instead. If neither that look-up
// nor the customer's age is known, equal content proves nothing.
func (d *Description) ByTimeAndContent(attempts Sent, sent, read *enlistv1.Customer) (told Match, differences []string) {
	if !attempts.Looked && attempts.Predates(read.GetCreateTime()) {
		return MatchOther, nil
	}
	told, differences = d.ByContent(sent, read)
	if told == MatchOurs && !attempts.Looked && !IsCreateTime(read.GetCreateTime()) {
		told = MatchUnclear
	}
	return told, differences
}

// IsDifferentCustomer reports whether a record shows another customer than the one that was sent:
// no identifying value is equal or nearly equal, and at least one differs.
func IsDifferentCustomer(sent, read *enlistv1.Customer) bool {
	alike, differences := CompareIdentity(sent, read)
	return alike == 0 && len(differences) > 0
}

// CompareIdentity compares the values that identify a customer, where both customers have one. It
// returns how many are equal or nearly equal, and the paths of those that differ.
func CompareIdentity(sent, read *enlistv1.Customer) (alike int, differences []string) {
	for _, one := range []struct{ path, sent, read string }{
		{"customer.email", sent.GetEmail(), read.GetEmail()},
		{"customer.name.given_name", sent.GetName().GetGivenName(), read.GetName().GetGivenName()},
		{"customer.name.family_name", sent.GetName().GetFamilyName(), read.GetName().GetFamilyName()},
		{"customer.display_name", sent.GetDisplayName(), read.GetDisplayName()}, // or the organization's name
		{"customer.phone", sent.GetPhone(), read.GetPhone()},
		{"customer.mobile", sent.GetMobile(), read.GetMobile()},
		{"customer.organization.vat_number", sent.GetOrganization().GetVatNumber(), read.GetOrganization().GetVatNumber()},
		{"customer.billing_address.lines[0]", firstLine(sent), firstLine(read)},
	} {
		switch {
		case one.sent == "" || one.read == "":
		case match.Names(one.sent, one.read) != match.Different:
			alike++
		default:
			differences = append(differences, one.path)
		}
	}
	return alike, differences
}

func firstLine(customer *enlistv1.Customer) string {
	for _, line := range customer.GetBillingAddress().GetLines() {
		return line
	}
	return ""
}

// isOutputOnly reports whether only the vendor or Enlist sets a field of a customer.
func isOutputOnly(path string) bool {
	for _, field := range []string{"vendor_ids", "create_time", "update_time", "source"} {
		if strings.HasPrefix(path, "customer."+field) {
			return true
		}
	}
	return false
}
