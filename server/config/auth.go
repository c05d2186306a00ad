package config

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"google.golang.org/grpc"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// checkAuth checks the rules of authentication and authorization.
func (d *decoder) checkAuth(config *configv1.Config) {
	auth := config.GetAuth()
	d.refuseEmpty("auth", auth == nil, "no authentication")
	if auth == nil {
		return
	}
	if len(auth.GetApiKeys())+len(auth.GetClientCertificates()) == 0 && auth.GetJwt() == nil && !d.failedAt("auth") {
		d.problem("auth", "must have api_keys, jwt or client_certificates. Remove auth to listen on this machine only")
	}
	d.refuseEmpty("auth.client_certificates", len(auth.GetClientCertificates()) == 0, "every permission for each certificate of client_ca_file")
	d.checkAPIKeys(auth.GetApiKeys())
	if jwt := auth.GetJwt(); jwt != nil {
		d.checkJWT(jwt)
	}
	asked := config.GetGrpc().GetTls().GetClientCaFile() != "" || config.GetHttp().GetTls().GetClientCaFile() != ""
	if len(auth.GetClientCertificates()) > 0 && !asked {
		d.problem("auth.client_certificates", "needs grpc.tls.client_ca_file or http.tls.client_ca_file. Without it, Enlist asks no caller for a certificate")
	}
	seen := map[string]int{}
	for i, entry := range auth.GetClientCertificates() {
		path := fmt.Sprintf("auth.client_certificates[%d]", i)
		if first, twice := seen[entry.GetIdentity()]; twice {
			d.problem(path+".identity", fmt.Sprintf("must differ from the identity of auth.client_certificates[%d]", first))
		}
		seen[entry.GetIdentity()] = i
	}
	d.checkPermissions(config)
}

// refuseEmpty refuses a setting that is present but empty. Someone may have removed its entries
// one by one, or a template may have had none. An unset setting permits the most, so an operator
// must choose that on purpose.
func (d *decoder) refuseEmpty(path string, isEmpty bool, meaning string) {
	if _, written := d.lines[path]; written && isEmpty && !d.failedAt(path) {
		d.problem(path, "must not be empty: an empty value could mean "+meaning+". Remove it if you want that")
	}
}

// checkAPIKeys checks the form of every key. It also checks that all keys of one caller have the
// same permissions.
func (d *decoder) checkAPIKeys(keys []*configv1.ApiKey) {
	hashes, names := map[string]int{}, map[string]int{}
	for i, key := range keys {
		path := fmt.Sprintf("auth.api_keys[%d]", i)
		hash := strings.ToLower(key.GetSha256())
		if first, twice := hashes[hash]; twice && hash != "" {
			d.problem(path+".sha256", fmt.Sprintf("must differ from the sha256 of auth.api_keys[%d]: it is the same key", first))
		} else {
			hashes[hash] = i
		}
		first, twice := names[key.GetName()]
		if !twice {
			names[key.GetName()] = i
			continue
		}
		if other := keys[first]; key.GetOperator() != other.GetOperator() || key.GetPrivacy() != other.GetPrivacy() ||
			!sameSet(key.GetProviders(), other.GetProviders()) || !sameSet(key.GetRpcs(), other.GetRpcs()) {
			d.problem(path, fmt.Sprintf("must have the same providers, rpcs, operator and privacy as auth.api_keys[%d]: "+
				"keys with one name are one caller", first))
		}
	}
}

func (d *decoder) checkJWT(jwt *configv1.Jwt) {
	if at, err := url.Parse(jwt.GetJwksUrl()); !d.failedAt("auth.jwt.jwks_url") && (err != nil || at.Scheme == "http" && !isLoopbackHost(at.Hostname())) {
		d.problem("auth.jwt.jwks_url", "must be an https URL, because an attacker who replaces the keys can forge tokens. http works on this machine only")
	}
	d.refuseEmpty("auth.jwt.permissions", len(jwt.GetPermissions()) == 0, "every permission for each token")
	for i, entry := range jwt.GetPermissions() {
		if entry.GetSubject() == "" && entry.GetScope() == "" {
			d.problem(fmt.Sprintf("auth.jwt.permissions[%d]", i), "must have a subject or a scope. Remove permissions to give each token every permission")
		}
	}
}

// permission is an entry that lists providers and RPCs.
type permission interface {
	GetProviders() []string
	GetRpcs() []string
}

// checkPermissions checks that permissions name existing providers and RPCs. A mistyped name
// would permit nothing.
func (d *decoder) checkPermissions(config *configv1.Config) {
	entries := map[string]permission{}
	for i, entry := range config.GetAuth().GetApiKeys() {
		entries[fmt.Sprintf("auth.api_keys[%d]", i)] = entry
	}
	for i, entry := range config.GetAuth().GetJwt().GetPermissions() {
		entries[fmt.Sprintf("auth.jwt.permissions[%d]", i)] = entry
	}
	for i, entry := range config.GetAuth().GetClientCertificates() {
		entries[fmt.Sprintf("auth.client_certificates[%d]", i)] = entry
	}
	var configured []string
	for _, provider := range config.GetProviders() {
		configured = append(configured, provider.GetName())
	}
	rpcs := rpcNames()
	for path, entry := range entries {
		d.refuseEmpty(path+".providers", len(entry.GetProviders()) == 0, "every provider")
		d.refuseEmpty(path+".rpcs", len(entry.GetRpcs()) == 0, "every RPC")
		d.checkNames(path+".providers", entry.GetProviders(), configured, "a provider")
		d.checkNames(path+".rpcs", entry.GetRpcs(), rpcs, "an RPC")
	}
}

func (d *decoder) checkNames(path string, given, there []string, kind string) {
	for i, name := range given {
		if !slices.Contains(there, name) {
			d.problem(fmt.Sprintf("%s[%d]", path, i), "is not the name of "+kind+". Use one of: "+strings.Join(there, ", "))
		}
	}
}

// rpcNames lists the RPCs of the contract.
func rpcNames() []string {
	var names []string
	for _, service := range []grpc.ServiceDesc{
		enlistv1.CustomerService_ServiceDesc, enlistv1.ProviderService_ServiceDesc, enlistv1.OperationService_ServiceDesc,
		enlistv1.PrivacyService_ServiceDesc,
	} {
		for _, method := range service.Methods {
			names = append(names, method.MethodName)
		}
	}
	return names
}

func sameSet(a, b []string) bool {
	sortedSet := func(list []string) []string { return slices.Compact(slices.Sorted(slices.Values(list))) }
	return slices.Equal(sortedSet(a), sortedSet(b))
}

// checkListening refuses an address that other machines can reach if the server requires no
// credentials.
func (d *decoder) checkListening(path, address string, tls *configv1.Tls, auth *configv1.Auth) {
	if address == "" || d.failedAt(path) || !d.checkPort(path, address) || IsLoopback(address) {
		return
	}
	if _, port, _ := net.SplitHostPort(address); len(auth.GetApiKeys()) == 0 && auth.GetJwt() == nil && tls.GetClientCaFile() == "" {
		d.problem(path, "must be a loopback address such as 127.0.0.1:"+port+". To listen on the network, set auth.api_keys, auth.jwt or "+
			"tls.client_ca_file of this port")
	}
}
