package avvio

import (
	"context"
	"strconv"
	"strings"
	"time"

	avviov1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/avvio/v1"
	"github.com/enlist-dev/enlist/providers"
)

const (
	// anyZone is how far a time without a zone, or a day, may be from the instant that it stands for: zones go up to 14 hours, and days
	// have 24.
	anyZone = 38 * time.Hour
	// daysBefore is how many days before the send the list begins: one as "after" may leave out the day itself, one for zones, one
	// more to be sure.
	daysBefore = 3
)

// FindCustomer looks for accounts of the same person that have come to be since the send, at the property, then, should they be listed
// elsewhere, at all that the API user may see.
func (c *creation) FindCustomer(ctx context.Context, sent providers.Sent) ([]providers.Candidate, error) {
	site := c.account.GetSiteId()
	after := sent.Since.UTC().AddDate(0, 0, -daysBefore).Format(time.DateOnly)
	for _, sites := range [][]int64{{site}, nil} {
		answer, body, err := c.list(ctx, sites, after)
		if err != nil {
			return nil, err
		}
		var candidates []providers.Candidate
		for i, at := range answer.GetSiteList() {
			for j, account := range at.GetAccountList() {
				candidate, is := c.candidate(account, sent.Since, time.Now())
				if !is {
					continue
				}
				if id := at.GetSiteId(); id != 0 && id != site {
					candidate.Match = providers.MatchUnclear
				}
				if c.request.GetIncludeVendorRecord() {
					candidate.Response.VendorRecord = (&found{account: account, body: body, site: i, place: j}).record(c.secrets())
				}
				candidates = append(candidates, candidate)
			}
		}
		if len(candidates) > 0 {
			return candidates, nil
		}
	}
	return nil, nil
}

// candidate makes a candidate of an account, unless it was there before or is another person's. It is ours only when email and names
// are just as sent and its time lies between the send and now. What may be ours with something that the vendor has changed, or that
// is not told, is left to a person: a create that goes out again for nothing makes a second account.
func (c *creation) candidate(account *avviov1.Account, since, now time.Time) (providers.Candidate, bool) {
	sent := c.account.GetAccountInformation()
	at := instant(account.GetDtCreated())
	created, timed := at.AsTime(), at != nil
	inTime := timed && !created.Before(since.Add(-providers.ClockSkew)) && !created.After(now.Add(providers.ClockSkew))
	sameName := !differs(sent.GetNameFirst(), account.GetName().GetFirst()) && !differs(sent.GetNameLast(), account.GetName().GetLast())
	sameEmail := sent.GetEmail() != "" && !differs(sent.GetEmail(), account.GetEmail())
	switch {
	case account.GetAccountId() <= 0,
		timed && created.Before(since.Add(-anyZone)),
		account.GetEmail() != "" && !sameEmail,
		!sameName && (!sameEmail || !inTime):
		return providers.Candidate{}, false
	}
	candidate := providers.Candidate{Response: c.answer(account.GetAccountId()), Differences: differing(sent, account)}
	if sameEmail && inTime && len(candidate.Differences) == 0 {
		candidate.Match = providers.MatchOurs
	}
	return candidate, true
}

// differs compares without regard to case and to space around and between words: a vendor may tidy either up.
func differs(sent, read string) bool {
	return !strings.EqualFold(strings.Join(strings.Fields(sent), " "), strings.Join(strings.Fields(read), " "))
}

// differing returns the paths of what an account has otherwise than sent: an email but for its case, names as they are.
func differing(sent *avviov1.AccountInformation, account *avviov1.Account) []string {
	var paths []string
	if differs(sent.GetEmail(), account.GetEmail()) {
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

// key returns what an account is told by, one text for all that differs holds for equal but for case.
func key(site int64, sent *avviov1.AccountInformation) string {
	parts := []string{strconv.FormatInt(site, 10)}
	for _, part := range []string{sent.GetEmail(), sent.GetNameFirst(), sent.GetNameLast()} {
		parts = append(parts, strconv.Quote(strings.Join(strings.Fields(part), " ")))
	}
	return "match:" + strings.Join(parts, ",")
}
