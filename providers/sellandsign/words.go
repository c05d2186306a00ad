package sellandsign

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
)

// mostSearched is the number of characters of a response that are searched for the token. It is
// much greater than the number of characters kept, so no part of a token at the cut is kept.
const mostSearched = 50_000

// said returns the vendor's words in a response. Their format is not documented, so it returns the
// text, cut to size and without the token. An error page may repeat the URL with the token.
func (p *Provider) said(response *vendorhttp.Response) *enlistv1.VendorError {
	text := strings.Join(strings.Fields(strings.ToValidUTF8(string(response.Body), "�")), " ")
	return vendorhttp.VendorError(response, "", p.withoutToken(vendorhttp.Cut(text, mostSearched)))
}

func (p *Provider) withoutToken(text string) string {
	return p.token.ReplaceAllLiteralString(text, "$REDACTED")
}

// anyEscaping returns a pattern that matches a secret unescaped, and as URLs, URLs within URLs,
// JSON and HTML escape its characters.
func anyEscaping(secret string) *regexp.Regexp {
	pattern := strings.Builder{}
	for _, character := range secret {
		fmt.Fprintf(&pattern, `(?:\\?%s|%s|\\u%04x|&#%d;|&#x0*%x;)`, regexp.QuoteMeta(string(character)),
			strings.ReplaceAll(regexp.QuoteMeta(url.QueryEscape(string(character))), "%", "%(?:25)*"), character, character, character)
	}
	return regexp.MustCompile("(?i)" + pattern.String())
}
