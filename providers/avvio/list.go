package avvio

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	avviov1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/avvio/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
	"github.com/enlist-dev/enlist/providers/wire"
)

// site is a property in a response, with its accounts.
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
		sites, err := p.list(ctx, scope, "")
		if err != nil {
			return nil, err
		}
		for _, at := range sites {
			for _, listed := range at.accounts {
				if listed.account.GetAccountId() == id {
					return &listed, nil
				}
			}
		}
	}
	return nil, p.description.CustomerNotFound(nil)
}

// list requests the accounts of some or all properties that changed after a day, or at any time.
func (p *Provider) list(ctx context.Context, scope []int64, after string) ([]site, error) {
	secrets := []string{p.settings.GetPassword()}
	call := p.call(vendorhttp.List, &avviov1.GetAccountsRequest{UserAuth: p.userAuth(), Operation: "getAccounts", SiteIdList: scope, AfterDate: after}, secrets)
	call.Lists = true
	return vendorhttp.Call(ctx, p.http, call, func(response *vendorhttp.Response) ([]site, error) {
		return p.sites(call, response, secrets)
	})
}

// sites reads a response that lists properties. Avvio documents no status for it, so a list without
// a status is valid. A status other than ok is a refusal, and a response without a list proves
// nothing. sites skips a property or an account that it cannot read.
func (p *Provider) sites(call *vendorhttp.Request, response *vendorhttp.Response, secrets []string) ([]site, error) {
	answer := &avviov1.Answer{}
	_, unreadable := wire.Read(response.Body, answer)
	list, isList := elements(response.Body, "siteList")
	switch {
	case unreadable != nil:
		return nil, p.http.NotUnderstood(call, response, nil)
	case response.Status >= 300 || answer.GetStatus() != "" && !isOK(answer):
		return nil, p.refusal(call, response, answer, secrets)
	case !isList:
		return nil, p.http.NotUnderstood(call, response, nil)
	}
	var sites []site
	for _, element := range list {
		at := &avviov1.Site{}
		if _, err := wire.Read(element, at); err != nil {
			continue
		}
		accounts, isList := elements(element, "accountList")
		if !isList && hasMember(element, "accountList") { // it may contain an account, so the account is not known to be absent
			return nil, p.http.NotUnderstood(call, response, nil)
		}
		read := site{id: at.GetSiteId()}
		for _, body := range accounts {
			account := &avviov1.Account{}
			if odd, err := wire.Read(body, account); err == nil {
				read.accounts = append(read.accounts, found{account, odd, body})
			}
		}
		sites = append(sites, read)
	}
	return sites, nil
}

// elements returns the elements of a list in a JSON object, and whether the member is a list. It
// accepts a single object as a list of one, because servers that convert XML to JSON write it so.
func elements(object []byte, name string) (list []json.RawMessage, isList bool) {
	isList, err := wire.EachElement(bytes.NewReader(object), name, func(element json.RawMessage) error {
		list = append(list, element)
		return nil
	})
	if err != nil {
		return nil, false
	}
	if isList {
		return list, true
	}
	if single := member(object, name); bytes.HasPrefix(single, []byte("{")) {
		return []json.RawMessage{single}, true
	}
	return nil, false
}

// hasMember reports whether a JSON object has a member that is not null.
func hasMember(object []byte, name string) bool {
	value := member(object, name)
	return len(value) > 0 && string(value) != "null"
}

func member(object []byte, name string) json.RawMessage {
	var members map[string]json.RawMessage
	_ = json.Unmarshal(object, &members) // any other JSON has no members
	return members[name]
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
	return append(providers.Unreadable(f.odd),
		providers.UnknownCountry(countryOf(f.account.GetAddress()), "customer.billing_address.country_code", "address.country")...)
}
