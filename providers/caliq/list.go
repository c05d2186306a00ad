package caliq

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"google.golang.org/protobuf/proto"

	caliqv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/caliq/v1"
	"github.com/enlist-dev/enlist/providers/match"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
	"github.com/enlist-dev/enlist/providers/wire"
)

// listed contains the accounts in Caliq's list that may be the requested one.
type listed struct {
	exact []*caliqv1.CustomerChange // with exactly this number; there should be one or none
	near  []*caliqv1.CustomerChange // with a nearly equal number, if none has exactly this one
}

// find returns the accounts with a number. Caliq can list only all accounts that changed since a
// day, or at any time.
func (p *Provider) find(ctx context.Context, accountNo string) (*listed, error) {
	call := p.call(vendorhttp.List, changePath, &caliqv1.CustomerChangeParams{ApiKey: p.settings.GetApiKey(), ChangesSince: proto.String("")})
	call.Lists = true
	return vendorhttp.Call(ctx, p.http, call, func(response *vendorhttp.Response) (*listed, error) {
		return p.accounts(call, response, accountNo)
	})
}

// accounts reads the list of accounts. 204 means that there are none. A body without the list
// proves nothing. An account that Enlist cannot read does not count as the requested one.
func (p *Provider) accounts(call *vendorhttp.Request, response *vendorhttp.Response, accountNo string) (*listed, error) {
	found := &listed{}
	if response.Status == http.StatusNoContent {
		return found, nil
	}
	isList, err := wire.EachElement(bytes.NewReader(response.Body), "CustomerChangeList", func(element json.RawMessage) error {
		account := &caliqv1.CustomerChange{}
		if _, err := wire.Read(element, account); err != nil {
			return nil //nolint:nilerr // said above
		}
		switch match.Keys(accountNo, account.GetAccountNo()) {
		case match.Same:
			found.exact = addOnce(found.exact, account)
		case match.Near:
			found.near = addOnce(found.near, account)
		case match.Different:
		}
		return nil
	})
	if response.Status != http.StatusOK || err != nil || !isList {
		return nil, p.failed(call, response)
	}
	if len(found.exact) > 0 { // Caliq stores such numbers as sent
		found.near = nil
	}
	return found, nil
}

// addOnce adds an account, unless it is in the list: Caliq may list an account twice that changed
// twice.
func addOnce(accounts []*caliqv1.CustomerChange, account *caliqv1.CustomerChange) []*caliqv1.CustomerChange {
	if slices.ContainsFunc(accounts, func(other *caliqv1.CustomerChange) bool {
		return other.GetId() == account.GetId() && account.GetId() != 0
	}) {
		return accounts
	}
	return append(accounts, account)
}
