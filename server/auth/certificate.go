package auth

import (
	"crypto/x509"
	"time"
	"unicode"
	"unicode/utf8"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
)

// maxIdentity is the length of the longest caller name, in characters, without the prefix.
const maxIdentity = 255

// certificates maps identities to what the holders of client certificates may do. If it is empty,
// they may do everything.
type certificates map[string]grant

func newCertificates(configured []*configv1.ClientCertificate) certificates {
	named := make(certificates, len(configured))
	for _, entry := range configured {
		named[entry.GetIdentity()] = grantOf(entry)
	}
	return named
}

// caller returns the caller that a certificate identifies. TLS verified the certificate when the
// connection began, which may be long ago.
func (c certificates) caller(certificate *x509.Certificate) (*Caller, error) {
	if time.Now().After(certificate.NotAfter) {
		return nil, invalid("The client certificate of this connection has expired. Reconnect with a valid one.")
	}
	identity := identityOf(certificate)
	if !isName(identity) {
		return nil, invalid("The client certificate of this connection has no identity. It needs a URI, DNS name, email address or common name " +
			"of 1 to 255 characters.")
	}
	caller := &Caller{Principal: "cert:" + identity}
	if granted, named := c[identity]; named {
		caller.grants = []grant{granted}
	} else if len(c) == 0 {
		caller.grants = everything()
	}
	return caller, nil
}

// identityOf returns the identity that a certificate names.
func identityOf(certificate *x509.Certificate) string {
	switch {
	case len(certificate.URIs) > 0:
		return certificate.URIs[0].String()
	case len(certificate.DNSNames) > 0:
		return certificate.DNSNames[0]
	case len(certificate.EmailAddresses) > 0:
		return certificate.EmailAddresses[0]
	}
	return certificate.Subject.CommonName
}

// isName reports whether a text can be stored and logged as the name of a caller.
func isName(text string) bool {
	if !utf8.ValidString(text) || text == "" || utf8.RuneCountInString(text) > maxIdentity {
		return false
	}
	for _, letter := range text {
		if unicode.IsControl(letter) {
			return false
		}
	}
	return true
}
