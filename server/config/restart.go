package config

import (
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
)

// Reloadable returns the settings that a reload replaces. Every other setting needs a restart.
func Reloadable() []string {
	return []string{
		"auth", "call_timeout", "journal.finish_within", "journal.payload_retention", "journal.retention", "log.level", "providers", "shutdown",
	}
}

// RequiresCertificate reports whether a port refuses connections without a client certificate. It
// does if a call has no other credential, or if the configuration says so.
func RequiresCertificate(auth *configv1.Auth, settings *configv1.Tls) bool {
	return settings.GetClientCaFile() != "" && (settings.GetRequireClientCertificate() || len(auth.GetApiKeys()) == 0 && auth.GetJwt() == nil)
}

// needsRestart describes a change that a reload refuses.
const needsRestart = "cannot change while Enlist runs. Restart Enlist, or restore the earlier value"

// checkRestart refuses changes that need a restart.
func (d *decoder) checkRestart(running, next *configv1.Config) {
	d.sameIn("", running.ProtoReflect(), next.ProtoReflect())
	if before, now := running.GetAudit(), next.GetAudit(); (before == nil) != (now == nil) && before.GetFile()+now.GetFile() == "" {
		d.problem("audit", needsRestart) // an empty section is a setting, too
	}
	for _, port := range []struct{ running, next *configv1.Tls }{
		{running.GetGrpc().GetTls(), next.GetGrpc().GetTls()}, {running.GetHttp().GetTls(), next.GetHttp().GetTls()},
	} {
		if RequiresCertificate(running.GetAuth(), port.running) != RequiresCertificate(next.GetAuth(), port.next) && len(d.problems) == 0 {
			d.problem("auth", "cannot get its first, or lose its last, of api_keys and jwt without a restart while client_ca_file is set: "+
				"it decides whether a port requires client certificates. Restart Enlist")
		}
	}
}

// sameIn adds a problem for each setting that differs and needs a restart. path is empty or ends
// with a full stop.
func (d *decoder) sameIn(path string, running, next protoreflect.Message) {
	fields := next.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		at := path + string(field.Name())
		if slices.Contains(Reloadable(), at) {
			continue
		}
		switch {
		case field.Message() != nil && !field.IsList() && field.Message().ParentFile().Package() != "google.protobuf":
			d.sameIn(at+".", running.Get(field).Message(), next.Get(field).Message())
		case running.Has(field) != next.Has(field) || !running.Get(field).Equal(next.Get(field)):
			d.problem(at, needsRestart)
		}
	}
}
