package avvio

import (
	"context"

	"google.golang.org/protobuf/types/known/structpb"

	avviov1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/avvio/v1"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
	"github.com/enlist-dev/enlist/providers/wire"
)

// found is an account, with the place where it stands in an answer.
type found struct {
	account     *avviov1.Account
	body        []byte
	site, place int
}

// find looks for an account at the connection's property, then, as creates can name another, at all that the API user may see.
// Avvio cannot be asked for one account.
func (p *Provider) find(ctx context.Context, id int64) (*found, error) {
	scopes := [][]int64{nil}
	if site := p.settings.GetSiteId(); site != 0 {
		scopes = [][]int64{{site}, nil}
	}
	for _, sites := range scopes {
		answer, body, err := p.list(ctx, sites, "")
		if err != nil {
			return nil, err
		}
		for i, site := range answer.GetSiteList() {
			for j, account := range site.GetAccountList() {
				if account.GetAccountId() == id {
					return &found{account: account, body: body, site: i, place: j}, nil
				}
			}
		}
	}
	return nil, p.description.CustomerNotFound(nil)
}

// list asks for the accounts of some properties, or of all, that have changed after a day, or ever.
func (p *Provider) list(ctx context.Context, sites []int64, after string) (*avviov1.GetAccountsAnswer, []byte, error) {
	secrets := []string{p.settings.GetPassword()}
	call := p.call(vendorhttp.List, &avviov1.GetAccountsRequest{UserAuth: p.userAuth(), Operation: "getAccounts", SiteIdList: sites, AfterDate: after}, secrets)
	call.Lists = true
	var body []byte
	answer, err := vendorhttp.Call(ctx, p.http, call, func(response *vendorhttp.Response) (*avviov1.GetAccountsAnswer, error) {
		body = response.Body
		return p.listed(call, response, secrets)
	})
	return answer, body, err
}

// listed reads the answer to getAccounts. Without a list of properties it says nothing.
func (p *Provider) listed(call *vendorhttp.Request, response *vendorhttp.Response, secrets []string) (*avviov1.GetAccountsAnswer, error) {
	answer, listed := &avviov1.Answer{}, &avviov1.GetAccountsAnswer{}
	switch {
	case wire.Unmarshal(response.Body, answer) != nil:
		return nil, p.http.NotUnderstood(call, response, nil)
	case response.Status >= 300 || !isOK(answer):
		return nil, p.refusal(call, response, answer, secrets)
	case wire.Unmarshal(response.Body, listed) != nil || !wire.HasList(response.Body, "siteList"):
		return nil, p.http.NotUnderstood(call, response, nil)
	}
	return listed, nil
}

// record returns the account as it came; nil when the answer cannot be shown, having a member twice, say.
func (f *found) record(secrets []string) *structpb.Struct {
	site := element(redactedRecord(f.body, secrets), "siteList", f.site)
	return element(site, "accountList", f.place)
}

func element(record *structpb.Struct, list string, at int) *structpb.Struct {
	if values := record.GetFields()[list].GetListValue().GetValues(); at < len(values) {
		return values[at].GetStructValue()
	}
	return nil
}
