package caliq

import (
	"bytes"
	"context"
	"net/http"
	"slices"

	"google.golang.org/protobuf/proto"

	caliqv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/caliq/v1"
	"github.com/enlist-dev/enlist/providers/match"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
	"github.com/enlist-dev/enlist/providers/wire"
)

// account is a row of Caliq's list, parsed and as received.
type account struct {
	*caliqv1.CustomerChange
	odd []wire.Odd
	row []byte
}

// listed contains the accounts in Caliq's list that may be the requested one.
type listed struct {
	exact []account // with exactly this number; there should be one or none
	near  []account // with a nearly equal number, if none has exactly this one

	isList bool // the response is a complete list
}

// find returns the accounts with a number. Caliq can list only all accounts that changed since a
// day, or at any time.
func (p *Provider) find(ctx context.Context, accountNo string) (*listed, error) {
	call := p.newRequest(vendorhttp.List, changePath, &caliqv1.CustomerChangeParams{ApiKey: p.settings.GetApiKey(), ChangesSince: proto.String("")})
	found := &listed{}
	call.Scan = func(body *vendorhttp.Body) { found.scan(body, accountNo) }
	return vendorhttp.Call(ctx, p.http, call, func(response *vendorhttp.Response) (*listed, error) {
		return p.checkList(call, response, found)
	})
}

// checkList returns the accounts in a response, or an error if it has no complete list, because
// that proves nothing. 204 means that there are no accounts.
func (p *Provider) checkList(call *vendorhttp.Request, response *vendorhttp.Response, found *listed) (*listed, error) {
	switch {
	case response.Status == http.StatusNoContent:
		return &listed{}, nil
	case response.Status != http.StatusOK || !found.isList:
		return nil, p.failed(call, response)
	}
	return found, nil
}

// scan reads a response, and keeps the accounts that may have the number.
func (l *listed) scan(body *vendorhttp.Body, accountNo string) {
	stream, isList := wire.NewStream(body, body.Large), false
	_, err := stream.Object(map[string]func() error{"CustomerChangeList": func() (err error) {
		isList, err = stream.Elements(func() error {
			row, err := stream.Value()
			if err == nil {
				l.add(row, accountNo)
			}
			return err
		})
		return err
	}})
	l.isList = isList && err == nil && stream.End() == nil
	if len(l.exact) > 0 { // Caliq stores such numbers as sent
		l.near = nil
	}
}

// add keeps the account in a row if it may have the number. An account that Enlist cannot read does
// not count as the requested one.
func (l *listed) add(row []byte, accountNo string) {
	read := account{CustomerChange: &caliqv1.CustomerChange{}}
	var err error
	if read.odd, err = wire.Read(row, read.CustomerChange); err != nil {
		return
	}
	switch match.Keys(accountNo, read.GetAccountNo()) {
	case match.Same:
		read.row = bytes.Clone(row)
		l.exact = addOnce(l.exact, read)
	case match.Near:
		read.row = bytes.Clone(row)
		l.near = addOnce(l.near, read)
	case match.Different:
	}
}

// maxListed is the largest number of accounts that find keeps. So many are as unclear as more.
const maxListed = 100

// addOnce adds an account, unless it is in the list or the list is full. Caliq may list an account
// twice that changed twice.
func addOnce(accounts []account, read account) []account {
	if len(accounts) == maxListed || slices.ContainsFunc(accounts, func(other account) bool {
		return other.GetId() == read.GetId() && read.GetId() != 0
	}) {
		return accounts
	}
	return append(accounts, read)
}
