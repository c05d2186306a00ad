package providers

import (
	"errors"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// maxEmail is the greatest length of an email address in bytes (RFC 5321).
const maxEmail = 254

// domains converts domains as browsers and mail programs do, by the look-up rules of IDNA 2008 with
// the mapping of UTS #46. Capitals become small letters, and ß stays ß. It is idna.Lookup with a
// limit on lengths.
//
//nolint:gochecknoglobals // a constant
var domains = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.VerifyDNSLength(true))

// SentEmail returns the form of an email address that Enlist sends to vendors. An internationalized
// domain gets its A-label form: jo@müller.example becomes jo@xn--mller-kva.example. The part before
// the @ and an ASCII domain do not change. It returns an error if the domain is not valid.
func SentEmail(address string) (string, error) {
	at := strings.LastIndexByte(address, '@')
	domain := address[at+1:]
	if ascii := isASCII(domain); ascii && !strings.Contains(strings.ToLower(domain), "xn--") {
		return address, nil
	} else if converted, err := domains.ToASCII(domain); err != nil {
		return "", errors.New("must be an email address whose domain follows IDNA 2008")
	} else if !ascii {
		address = address[:at+1] + converted
	}
	if len(address) > maxEmail {
		return "", errors.New("must be an email address of at most 254 characters, with the domain in A-label form (xn--…)")
	}
	return address, nil
}

// AsSent returns the customer of a create request in the form that Enlist sends to vendors. It is
// the same customer unless a value has another form. Each mapping starts with AsSent.
func AsSent(customer *enlistv1.Customer) *enlistv1.Customer {
	email := asSentEmail(customer.GetEmail())
	if email == customer.GetEmail() {
		return customer
	}
	sent := proto.CloneOf(customer)
	sent.Email = email
	return sent
}

// asSentEmail is SentEmail for an address that the contract's validation has accepted.
func asSentEmail(address string) string {
	if sent, err := SentEmail(address); err == nil {
		return sent
	}
	return address
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
