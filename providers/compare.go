package providers

import (
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers/match"
)

// ClockSkew is how far a vendor's clock may be from ours.
const ClockSkew = 10 * time.Minute

// enoughAlike is how many values must be alike, besides the id, before a customer is taken for the one that was sent.
const enoughAlike = 2

// Predates reports whether a customer that was created at some time was there before the sends, by more than clocks differ. Without
// a time it is not known to have been.
func (s Sent) Predates(created *timestamppb.Timestamp) bool {
	return created.IsValid() && !s.Since.IsZero() && created.AsTime().Before(s.Since.Add(-ClockSkew))
}

// ByContent tells by its content whether a customer that was read under the key of the one that was
// sent is that one, and where it differs. Only what was sent and comes back can be compared; too
// little of it leaves the match unclear. A value that is nearly equal, as a vendor may have
// rewritten it, speaks neither for nor against.
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
		compare := match.Names
		if leaf.path == "customer.id" {
			compare = match.Keys
		}
		switch kinship := compare(leaf.value, value); {
		case kinship == match.Near:
		case kinship == match.Different:
			differences = append(differences, leaf.path)
		case leaf.path != "customer.id":
			alike++
		}
	}
	otherID := match.Keys(sent.GetId(), read.GetId()) != match.Same && !read.GetCreateTime().IsValid() // and its time cannot speak for it
	if len(differences) > 0 || alike < enoughAlike || otherID {
		return MatchUnclear, differences
	}
	return MatchOurs, nil
}

// IsSomebodyElse reports whether a record shows another customer than the one that was sent: no
// value that identifies somebody is equal or nearly equal, and at least one is different.
func IsSomebodyElse(sent, read *enlistv1.Customer) bool {
	different := false
	for _, values := range [][2]string{
		{sent.GetEmail(), read.GetEmail()},
		{sent.GetName().GetGivenName(), read.GetName().GetGivenName()},
		{sent.GetName().GetFamilyName(), read.GetName().GetFamilyName()},
		{sent.GetDisplayName(), read.GetDisplayName()}, // or the organization's name
		{sent.GetPhone(), read.GetPhone()},
		{sent.GetMobile(), read.GetMobile()},
		{sent.GetOrganization().GetVatNumber(), read.GetOrganization().GetVatNumber()},
		{firstLine(sent), firstLine(read)},
	} {
		switch {
		case values[0] == "" || values[1] == "":
		case match.Names(values[0], values[1]) != match.Different:
			return false
		default:
			different = true
		}
	}
	return different
}

func firstLine(customer *enlistv1.Customer) string {
	for _, line := range customer.GetBillingAddress().GetLines() {
		return line
	}
	return ""
}

// isOutputOnly reports whether a field of a customer is the vendor's or ours to set.
func isOutputOnly(path string) bool {
	for _, field := range []string{"vendor_ids", "create_time", "update_time", "source"} {
		if strings.HasPrefix(path, "customer."+field) {
			return true
		}
	}
	return false
}
