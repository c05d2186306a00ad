package config

import (
	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/server/certificates"
)

// checkTLS checks that the files of a port can be used.
func (d *decoder) checkTLS(path string, settings *configv1.Tls) {
	d.refuseEmpty(path, settings == nil, "no TLS")
	d.refuseEmpty(path+".client_ca_file", settings.GetClientCaFile() == "", "no client certificates")
	if settings == nil || d.failedAt(path) {
		return
	}
	if settings.GetRequireClientCertificate() && settings.GetClientCaFile() == "" {
		d.problem(path+".require_client_certificate", "needs client_ca_file, the certificate authorities that Enlist accepts")
	}
	for _, problem := range certificates.Check(settings, d.readFile) {
		d.problem(path+"."+problem.Field, problem.Description)
	}
}
