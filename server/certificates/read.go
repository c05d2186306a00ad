// Package certificates reads the TLS files of a port, and reads them again when they change.
//
// Packages server and server/config import it.
package certificates

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
)

// Problem describes what is wrong with a file.
type Problem struct {
	// Field is the setting of the tls section that names the file.
	Field string
	// Description completes a sentence that begins with the field.
	Description string
}

// material is the parsed content of a port's files.
type material struct {
	certificate tls.Certificate
	authorities *x509.CertPool // nil for none
}

// contents is the raw content of a port's files.
type contents struct{ cert, key, clientCA []byte }

// Check returns the problems of a port's files.
func Check(settings *configv1.Tls, readFile func(string) ([]byte, error)) []Problem {
	read, problems := readAll(settings, readFile)
	if len(problems) > 0 {
		return problems
	}
	_, problems = parse(settings, read)
	return problems
}

func readAll(settings *configv1.Tls, readFile func(string) ([]byte, error)) (read contents, problems []Problem) {
	for _, file := range []struct {
		field, name string
		into        *[]byte
	}{
		{"cert_file", settings.GetCertFile(), &read.cert},
		{"key_file", settings.GetKeyFile(), &read.key},
		{"client_ca_file", settings.GetClientCaFile(), &read.clientCA},
	} {
		if file.name == "" {
			continue
		}
		text, err := readFile(file.name)
		if ofFile := (*fs.PathError)(nil); errors.As(err, &ofFile) {
			err = ofFile.Err // without the path, which the text has
		}
		if err != nil {
			problems = append(problems, Problem{file.field, fmt.Sprintf("names the file %s, which Enlist cannot read: %v", file.name, err)})
		}
		*file.into = text
	}
	return read, problems
}

func parse(settings *configv1.Tls, read contents) (made material, problems []Problem) {
	var err error
	if made.certificate, err = tls.X509KeyPair(read.cert, read.key); err != nil {
		if x509.NewCertPool().AppendCertsFromPEM(read.cert) {
			problems = append(problems, Problem{
				"key_file", fmt.Sprintf("names the file %s, which does not contain the key of cert_file: %v", settings.GetKeyFile(), err),
			})
		} else {
			problems = append(problems, notCertificates("cert_file", settings.GetCertFile()))
		}
	}
	if settings.GetClientCaFile() != "" {
		made.authorities = x509.NewCertPool()
		if !appendAll(made.authorities, read.clientCA) {
			problems = append(problems, notCertificates("client_ca_file", settings.GetClientCaFile()))
		}
	}
	return made, problems
}

// appendAll adds every certificate of a file. It reports an unreadable certificate as an error.
// Otherwise the server would refuse its holders without an explanation.
func appendAll(pool *x509.CertPool, text []byte) bool {
	found := false
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			return found
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if block.Type != "CERTIFICATE" || err != nil {
			return false
		}
		pool.AddCert(certificate)
		found = true
	}
}

func notCertificates(field, file string) Problem {
	return Problem{field, fmt.Sprintf("names the file %s, which must contain PEM certificates", file)}
}
