package sellandsign

import (
	"context"
	"net/http"
	"net/url"

	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
	"github.com/enlist-dev/enlist/providers/wire"
)

// Check reads a customer that does not exist. Sell&Sign does not document the status of that
// response, and a wrong base_url gives 404, too. So Check accepts it only with a JSON object of the
// vendor.
func (p *Provider) Check(ctx context.Context) error {
	call := p.newRequest(vendorhttp.Check, http.MethodGet, "/customer/read", "getCustomer", url.Values{"number": {providers.ProbeID}})
	_, err := vendorhttp.Call(ctx, p.http, call, func(response *vendorhttp.Response) (struct{}, error) {
		there := matchingCustomer(response.Body, providers.ProbeID) != nil
		if isSuccess(response) && (there || isNothing(response.Body)) || isNotFound(response.Status) && wire.Record(response.Body) != nil {
			return struct{}{}, nil
		}
		return struct{}{}, p.refused(call, response)
	})
	return err
}
