package sellandsign

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
)

// mostSearched is how many characters of an answer are searched for the token: many times what is kept, so that a token which is cut
// in two there is not kept.
const mostSearched = 50_000

// said keeps the vendor's words of an answer. Their format is not documented, so it is the text, cut to size, without the token: an
// error page may repeat the URL that it stood in.
func (p *Provider) said(response *vendorhttp.Response) *enlistv1.VendorError {
	text := strings.Join(strings.Fields(strings.ToValidUTF8(string(response.Body), "�")), " ")
	return vendorhttp.VendorError(response, "", p.withoutToken(vendorhttp.Cut(text, mostSearched)))
}

func (p *Provider) withoutToken(text string) string {
	return p.token.ReplaceAllLiteralString(text, "$J_TOKEN")
}

// anyEscaping matches a secret as it came and as URLs, URLs within URLs, JSON and HTML write its characters.
func anyEscaping(secret string) *regexp.Regexp {
	pattern := strings.Builder{}
	for _, character := range secret {
		fmt.Fprintf(&pattern, `(?:\\?%s|%s|\\u%04x|&#%d;|&#x0*%x;)`, regexp.QuoteMeta(string(character)),
			strings.ReplaceAll(regexp.QuoteMeta(url.QueryEscape(string(character))), "%", "%(?:25)*"), character, character, character)
	}
	return regexp.MustCompile("(?i)" + pattern.String())
}
