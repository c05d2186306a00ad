package providers

import (
	"errors"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// maxEmail is the largest length of an email address in bytes (RFC 5321).
const maxEmail = 254

// domains reads domains as browsers and mail programs do, by the look-up rules of IDNA 2008 with the
// mapping of UTS #46: capitals become small letters, and ß stays ß. It is idna.Lookup with a limit on
// lengths.
//
//nolint:gochecknoglobals // a constant
var domains = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.VerifyDNSLength(true))

// SentEmail returns an email address as vendors are sent it: with an internationalized domain in its
// A-label form, jo@müller.example as jo@xn--mller-kva.example. The part before the @ and an ASCII
// domain stay as they are.
//
// An error says that the domain is none.
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

// AsSent returns the customer of a create request as vendors are sent it. It is the customer itself
// unless a value of it has another form. Mappings begin with it.
func AsSent(customer *enlistv1.Customer) *enlistv1.Customer {
	email := asSentEmail(customer.GetEmail())
	if email == customer.GetEmail() {
		return customer
	}
	sent := proto.CloneOf(customer)
	sent.Email = email
	return sent
}

// asSentEmail is SentEmail of an address that the contract's validation has let through.
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
