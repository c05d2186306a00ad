package avvio

import (
	"context"
	"strconv"
	"strings"
	"time"

	avviov1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/avvio/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/match"
)

const (
	// anyZone is the greatest difference between a time without a zone, or a day, and the instant
	// that it stands for. Zones reach 14 hours, and a day has 24.
	anyZone = 38 * time.Hour
	// daysBefore is the number of days before the send at which the list starts: one because
	// "after" may exclude the day itself, one for zones, and one as a reserve.
	daysBefore = 3
)

// FindCustomer looks for accounts of the same person that are newer than the send. It searches the
// property first, and then all properties that the API user may see.
func (c *creation) FindCustomer(ctx context.Context, sent providers.Sent) ([]providers.Candidate, error) {
	own := c.account.GetSiteId()
	after := sent.Since.UTC().AddDate(0, 0, -daysBefore).Format(time.DateOnly)
	for _, scope := range [][]int64{{own}, nil} {
		sites, err := c.list(ctx, scope, after, func(listed *found) bool {
			_, is := c.candidate(listed, sent.Since, time.Now())
			return is
		})
		if err != nil {
			return nil, err
		}
		if candidates := c.candidates(sites, sent.Since); len(candidates) > 0 {
			return candidates, nil
		}
	}
	return nil, nil
}

// candidates returns the candidates at some properties. At another property than the request's, a
// match is unclear.
func (c *creation) candidates(sites []site, since time.Time) []providers.Candidate {
	var candidates []providers.Candidate
	for _, at := range sites {
		for _, listed := range at.accounts {
			candidate, is := c.candidate(&listed, since, time.Now())
			if !is {
				continue
			}
			if at.id != 0 && at.id != c.account.GetSiteId() {
				candidate.Match = providers.MatchUnclear
			}
			if c.request.GetIncludeVendorRecord() {
				candidate.Response.VendorRecord = listed.record(c.secrets())
			}
			candidates = append(candidates, candidate)
		}
	}
	return candidates
}

// candidate returns a candidate for an account. It returns none for an account that is older than
// the send or belongs to another person. The match is ours only if email and names equal what was
// sent, and the time is between the send and now. If Avvio may have rewritten a value, or hides it,
// a person decides: another attempt could create a second account.
func (c *creation) candidate(listed *found, since, now time.Time) (providers.Candidate, bool) {
	account, hidden := listed.readable()
	sent := c.account.GetAccountInformation()
	at := instant(account.GetDtCreated())
	created, timed := at.AsTime(), providers.IsCreateTime(at)
	inTime := timed && !created.Before(since.Add(-providers.ClockSkew)) && !created.After(now.Add(providers.ClockSkew))
	sameName, sameEmail := isName(sent, account.GetName()), match.Keys(sent.GetEmail(), account.GetEmail()) != match.Different
	unnamed := account.GetName().GetFirst()+account.GetName().GetLast() == "" // absent or unreadable
	switch {
	case timed && created.Before(since.Add(-anyZone)):
		return providers.Candidate{}, false
	case hidden && unnamed && account.GetEmail() == "": // it may be anyone's account
	case account.GetEmail() != "" && !sameEmail,
		!sameName && (!sameEmail || !inTime && !unnamed):
		return providers.Candidate{}, false
	}
	candidate := providers.Candidate{
		Response: c.createResponse(account.GetAccountId()), Differences: differing(sent, account),
		Requested: written(c.request, c.fates, ""), Found: customer(account),
	}
	if sameEmail && inTime && len(candidate.Differences) == 0 && account.GetAccountId() > 0 {
		candidate.Match = providers.MatchOurs
	}
	return candidate, true
}

// isName reports whether an account's name is the name that was sent, or may be another form of it.
// It compares each part, and both together, because Avvio may divide them differently.
func isName(sent *avviov1.AccountInformation, held *avviov1.AccountName) bool {
	return match.Names(sent.GetNameFirst(), held.GetFirst()) != match.Different && match.Names(sent.GetNameLast(), held.GetLast()) != match.Different ||
		match.Names(sent.GetNameFirst()+" "+sent.GetNameLast(), held.GetFirst()+" "+held.GetLast()) != match.Different
}

// differing returns the paths of the fields that differ from what was sent. It ignores the case of
// the email.
func differing(sent *avviov1.AccountInformation, account *avviov1.Account) []string {
	var paths []string
	if match.Keys(sent.GetEmail(), account.GetEmail()) == match.Different {
		paths = append(paths, "customer.email")
	}
	if strings.TrimSpace(sent.GetNameFirst()) != strings.TrimSpace(account.GetName().GetFirst()) {
		paths = append(paths, "customer.name.given_name")
	}
	if strings.TrimSpace(sent.GetNameLast()) != strings.TrimSpace(account.GetName().GetLast()) {
		paths = append(paths, "customer.name.family_name")
	}
	return paths
}

// key returns the normal form of email and names, which identifies a person.
func key(site int64, sent *avviov1.AccountInformation) string {
	return "match:" + strings.Join([]string{
		strconv.FormatInt(site, 10), strconv.Quote(match.Key(sent.GetEmail())),
		strconv.Quote(match.Name(sent.GetNameFirst())), strconv.Quote(match.Name(sent.GetNameLast())),
	}, ",")
}
