package opencell

import (
	"bytes"
	"context"
	"net/http"
	"net/url"

	"github.com/enlist-dev/enlist/providers/vendorhttp"
)

const (
	exportPath = customerPath + "/exportCustomerHierarchy"
	erasePath  = customerPath + "/anonymizeGdpr"
)

// zipStart is how a ZIP file begins.
const zipStart = "PK"

// ExportCustomer returns the ZIP file that Opencell makes of a customer.
func (p *Provider) ExportCustomer(ctx context.Context, id string) ([]byte, error) {
	there, err := p.sendAbout(ctx, vendorhttp.ExportCustomer, exportPath, id)
	if err != nil {
		return nil, err
	}
	return there.body, nil
}

// EraseCustomer anonymises a customer.
func (p *Provider) EraseCustomer(ctx context.Context, id string) error {
	_, err := p.sendAbout(ctx, vendorhttp.EraseCustomer, erasePath, id)
	return err
}

// sendAbout sends a request about the customer with exactly this code. It reads the customer first:
// Opencell takes a code in other forms, too, and what it says here of an unknown code is not
// documented.
func (p *Provider) sendAbout(ctx context.Context, operation vendorhttp.Operation, path, code string) (*said, error) {
	there, err := p.lookUp(ctx, code)
	if err != nil {
		return nil, err
	}
	if there.GetCustomer().GetCode() != code {
		return nil, p.description.CustomerNotFound(nil)
	}
	request := newRequest(operation, http.MethodGet, path)
	request.Query = url.Values{"customerCode": {code}}
	return p.send(ctx, request)
}

// isExport reports whether a response is the export of a customer, which has no status.
func isExport(request *vendorhttp.Request, response *vendorhttp.Response) bool {
	return request.Operation == vendorhttp.ExportCustomer && response.Status == http.StatusOK && bytes.HasPrefix(response.Body, []byte(zipStart))
}
