package avvio

import (
	"context"
	"fmt"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	avviov1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/avvio/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
)

// Check requests the properties that the API user may access. If the response lists any, the
// provider's property must be one of them.
func (p *Provider) Check(ctx context.Context) error {
	secrets := []string{p.settings.GetPassword()}
	call := p.newRequest(vendorhttp.Check, &avviov1.GetSiteAccessRequest{UserAuth: p.userAuth(), Operation: "getSiteAccess"}, secrets)
	read := &listing{own: p.settings.GetSiteId()}
	call.Scan = read.scan
	_, err := vendorhttp.Call(ctx, p.http, call, func(response *vendorhttp.Response) (struct{}, error) {
		if err := p.checkListing(call, response, read, secrets); err != nil {
			return struct{}{}, err
		}
		if read.hasOdd && !read.hasOwn && read.own != 0 { // which may be the provider's property
			return struct{}{}, p.http.NotUnderstood(call, response, nil)
		}
		return struct{}{}, p.reaches(read)
	})
	return err
}

func (p *Provider) reaches(read *listing) error {
	if read.own == 0 || !read.hasSites || read.hasOwn {
		return nil
	}
	return &providers.Error{
		Reason: enlistv1.ErrorReason_VENDOR_REJECTED,
		Message: fmt.Sprintf("Provider %s accepts the credentials, but they give no access to the property %d. "+
			"Set site_id to a property that they can access, or ask Avvio for access.", p.description.Name, read.own),
		Stage: enlistv1.SendStage_SEND_STAGE_ANSWERED,
	}
}
