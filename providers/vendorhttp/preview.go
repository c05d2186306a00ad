package vendorhttp

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// Preview returns a request exactly as Call sends it, with `$NAMES` for secrets and without trace
// headers.
func (c *Client) Preview(request *Request) *enlistv1.VendorRequest {
	body := request.Body
	if request.RedactedBody != nil {
		body = request.RedactedBody()
	}
	preview := &enlistv1.VendorRequest{Method: request.Method, Url: c.previewURL(request), Body: string(body)}
	headers := request.headers()
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		for _, value := range headers[name] {
			if placeholder, secret := request.Secrets[name]; secret {
				value = placeholder
			}
			preview.Headers = append(preview.Headers, &enlistv1.VendorRequest_Header{Name: name, Value: value})
		}
	}
	return preview
}

func (c *Client) previewURL(request *Request) string {
	shown := *request
	shown.Query = url.Values(http.Header(request.Query).Clone())
	target := c.url(&shown)
	for name, placeholder := range request.Secrets {
		if value := shown.Query.Get(name); value != "" {
			target = strings.Replace(target, url.QueryEscape(name)+"="+url.QueryEscape(value), url.QueryEscape(name)+"="+placeholder, 1)
		}
	}
	return target
}
