package avvio

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	avviov1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/avvio/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
	"github.com/enlist-dev/enlist/providers/wire"
)

// site is a property in a response, with the accounts that a listing keeps.
type site struct {
	id       int64
	accounts []found
}

// found is an account in a response.
type found struct {
	account *avviov1.Account
	odd     []wire.Odd
	body    []byte // the account as received
}

// find looks for an account at the provider's property, and then, because a creation can name
// another property, at all that the API user may see. Avvio has no request for one account.
func (p *Provider) find(ctx context.Context, id int64) (*found, error) {
	scopes := [][]int64{nil}
	if own := p.settings.GetSiteId(); own != 0 {
		scopes = [][]int64{{own}, nil}
	}
	for _, scope := range scopes {
		sites, err := p.list(ctx, scope, "", func(listed *found) bool { return listed.account.GetAccountId() == id })
		if err != nil {
			return nil, err
		}
		if len(sites) > 0 {
			return &sites[0].accounts[0], nil
		}
	}
	return nil, p.description.CustomerNotFound(nil)
}

// list requests the accounts of some or all properties that changed after a day, or at any time. It
// returns the properties with an account that keep accepts, and these accounts.
func (p *Provider) list(ctx context.Context, scope []int64, after string, keep func(*found) bool) ([]site, error) {
	secrets := []string{p.settings.GetPassword()}
	call := p.newRequest(vendorhttp.List, &avviov1.GetAccountsRequest{
		UserAuth: p.userAuth(), Operation: "getAccounts", SiteIdList: scope, AfterDate: after,
	}, secrets)
	read := &listing{keep: keep}
	call.Scan = read.scan
	return vendorhttp.Call(ctx, p.http, call, func(response *vendorhttp.Response) ([]site, error) {
		if err := p.checkListing(call, response, read, secrets); err != nil {
			return nil, err
		}
		if len(read.sites) == 0 && read.hasOdd { // which may hide the account
			return nil, p.http.NotUnderstood(call, response, nil)
		}
		return read.sites, nil
	})
}

// checkListing returns an error unless a response lists properties. Avvio documents no status for
// it, so a list without a status is valid. A status other than ok is a refusal, and a response
// without a list proves nothing.
func (p *Provider) checkListing(call *vendorhttp.Request, response *vendorhttp.Response, read *listing, secrets []string) error {
	answer := &avviov1.Answer{}
	_, unreadable := wire.Read(read.rest, answer)
	switch {
	case read.failed || unreadable != nil:
		return p.http.NotUnderstood(call, response, nil)
	case response.Status >= 300 || answer.GetStatus() != "" && !isOK(answer):
		withoutList := *response
		withoutList.Body = read.rest
		return p.refusal(call, &withoutList, answer, secrets)
	case !read.isList:
		return p.http.NotUnderstood(call, response, nil)
	}
	return nil
}

// maxListed is the largest number of accounts that a listing keeps. So many are as unclear as more.
const maxListed = 100

// listing reads a response that lists properties. It skips a property or an account that it cannot
// read.
type listing struct {
	keep func(*found) bool // may be nil for a list without accounts
	own  int64             // a property to look for

	stream *wire.Stream
	rest   []byte         // the response without the list of properties
	sites  []site         // with an account to keep
	seen   map[int64]bool // the kept accounts' ids
	kept   int

	hasSites, hasOwn bool
	hasOdd           bool // an element of the list is no property that Enlist can read
	// isList reports that the response has a list of properties, and that no list of accounts has
	// another form, because it may contain an account.
	isList bool
	failed bool
}

// scan reads the response.
func (l *listing) scan(body *vendorhttp.Body) {
	l.stream, l.seen, l.isList = wire.NewStream(body, body.Large), map[int64]bool{}, true
	found, hasOdd := false, false
	rest, err := l.stream.Object(map[string]func() error{"siteList": func() (err error) {
		found, hasOdd, err = l.each(l.site)
		return err
	}})
	l.rest, l.isList, l.hasOdd = rest, l.isList && found, l.hasOdd || hasOdd
	l.failed = err != nil || l.stream.End() != nil
}

// each reads a list, and reports whether it is one. It accepts a single object as a list of one,
// because servers that convert XML to JSON write it so. It skips elements that are no objects, and
// reports whether there are any.
func (l *listing) each(object func() error) (isList, hasOdd bool, err error) {
	visit := func() error {
		if l.stream.Kind() == '{' {
			return object()
		}
		hasOdd = true
		_, err := l.stream.Value()
		return err
	}
	if l.stream.Kind() == '{' {
		return true, false, visit()
	}
	isList, err = l.stream.Elements(visit)
	return isList, hasOdd, err
}

// site reads a property. Its id may follow its accounts.
func (l *listing) site() error {
	var accounts []found
	rest, err := l.stream.Object(map[string]func() error{"accountList": func() error {
		isNull := l.stream.Kind() == 'n'
		isList, _, err := l.each(func() error {
			body, err := l.stream.Value()
			if listed := l.account(body); err == nil && listed != nil {
				accounts = append(accounts, *listed)
			}
			return err
		})
		l.isList = l.isList && (isList || isNull)
		return err
	}})
	at := &avviov1.Site{}
	if _, unreadable := wire.Read(rest, at); err != nil || unreadable != nil {
		l.hasOdd = true
		return err
	}
	l.hasSites, l.hasOwn = true, l.hasOwn || at.GetSiteId() == l.own
	if len(accounts) > 0 {
		l.sites = append(l.sites, site{at.GetSiteId(), accounts})
	}
	return nil
}

// account returns an account to keep, or nil. It keeps an account once that is listed twice.
func (l *listing) account(body []byte) *found {
	listed := &found{account: &avviov1.Account{}, body: body}
	var err error
	if listed.odd, err = wire.Read(body, listed.account); err != nil || l.kept == maxListed || l.keep == nil || !l.keep(listed) {
		return nil
	}
	if id := listed.account.GetAccountId(); id > 0 {
		if l.seen[id] {
			return nil
		}
		l.seen[id] = true
	}
	l.kept++
	listed.body = bytes.Clone(body)
	return listed
}

// readable returns the account without the personal values that have another JSON type, because the
// converted value may differ from the stored one. hidden reports whether that removed an email or a
// name.
func (f *found) readable() (account *avviov1.Account, hidden bool) {
	account = proto.CloneOf(f.account)
	for _, odd := range f.odd {
		switch member, _, _ := strings.Cut(odd.Path, "."); member {
		case "email":
			account.Email, hidden = "", true
		case "name":
			account.Name, hidden = nil, true
		case "dtCreated":
			account.DtCreated = nil
		}
	}
	return account, hidden
}

// record returns the account as received. It returns nil if it cannot be shown, for example because
// of a duplicate member.
func (f *found) record(secrets []string) *structpb.Struct { return redactedRecord(f.body, secrets) }

// warnings reports what Enlist could not read of the account, and a country that customer cannot
// represent.
func (f *found) warnings() []*enlistv1.Warning {
	isTime := func(value *structpb.Value) bool { return isUnset(value) || instant(value) != nil }
	return slices.Concat(providers.Unreadable(f.odd),
		providers.UnknownForm(isTime(f.account.GetDtCreated()), "customer.create_time", "dtCreated"),
		providers.UnknownForm(isTime(f.account.GetDtModified()), "customer.update_time", "dtModified"),
		providers.UnknownCountry(countryOf(f.account.GetAddress()), "customer.billing_address.country_code", "address.country"))
}
