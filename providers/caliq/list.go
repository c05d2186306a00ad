package caliq

import (
	"context"
	"net/http"
	"slices"

	"google.golang.org/protobuf/proto"

	caliqv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/caliq/v1"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
	"github.com/enlist-dev/enlist/providers/wire"
)

// find returns the accounts with just this number; there should be one or none. Caliq cannot be asked for one account, only for
// all that have changed since a day, or since ever.
func (p *Provider) find(ctx context.Context, accountNo string) ([]*caliqv1.CustomerChange, error) {
	call := p.call(vendorhttp.List, changePath, &caliqv1.CustomerChangeParams{ApiKey: p.settings.GetApiKey(), ChangesSince: proto.String("")})
	call.Lists = true
	accounts, err := vendorhttp.Call(ctx, p.http, call, func(response *vendorhttp.Response) ([]*caliqv1.CustomerChange, error) {
		return p.accounts(call, response)
	})
	if err != nil {
		return nil, err
	}
	var found []*caliqv1.CustomerChange
	for _, account := range accounts {
		listed := func(other *caliqv1.CustomerChange) bool { return other.GetId() == account.GetId() }
		if account.GetAccountNo() == accountNo && !slices.ContainsFunc(found, listed) {
			found = append(found, account)
		}
	}
	return found, nil
}

// accounts reads the list of accounts. 204 says that there are none; a body without the list says nothing.
func (p *Provider) accounts(call *vendorhttp.Request, response *vendorhttp.Response) ([]*caliqv1.CustomerChange, error) {
	if response.Status == http.StatusNoContent {
		return nil, nil
	}
	results := &caliqv1.CustomerChangeResults{}
	if response.Status != http.StatusOK || wire.Unmarshal(response.Body, results) != nil ||
		len(results.GetCustomerChangeList()) == 0 && !wire.HasList(response.Body, "CustomerChangeList") {
		return nil, p.failed(call, response)
	}
	return results.GetCustomerChangeList(), nil
}
