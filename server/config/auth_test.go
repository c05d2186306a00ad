package config

import (
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/enlist-dev/enlist/server/auth/authtest"
)

const (
	aHash = "'2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683'"
	bHash = "'3c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683'"
	jwt   = "issuer: i, audience: a, jwks_url: 'https://x/jwks'"
)

// The valid settings of auth and tls, and the problems with the invalid ones.
func TestAuth(t *testing.T) {
	folder := t.TempDir()
	authority := authtest.NewAuthority(t)
	cert, key := authtest.Write(t, folder, authority.Server(t))
	ca := authority.Write(t, folder)
	pair := "cert_file: " + cert + ", key_file: " + key
	for name, c := range map[string]struct {
		yaml string
		want []string // "path: a part of the description"
	}{
		"an API key":          {"auth: {api_keys: [{name: a, sha256: " + aHash + ", providers: [p], rpcs: [GetCustomer, ListOperations], operator: true}]}", nil},
		"two of one name":     {"auth: {api_keys: [{name: a, sha256: " + aHash + ", providers: [p, q]}, {name: a, sha256: " + bHash + ", providers: [q, p]}]}", nil},
		"that disagree":       {"auth: {api_keys: [{name: a, sha256: " + aHash + "}, {name: a, sha256: " + bHash + ", operator: true}]}", []string{"auth.api_keys[1]: keys with one name are one caller"}},
		"one key twice":       {"auth: {api_keys: [{name: a, sha256: " + aHash + "}, {name: b, sha256: " + strings.ToUpper(aHash) + "}]}", []string{"auth.api_keys[1].sha256: same key"}},
		"a key, not its hash": {"auth: {api_keys: [{name: a, sha256: my-key}]}", []string{"auth.api_keys[0].sha256: 64 hexadecimal digits"}},
		"no name":             {"auth: {api_keys: [{sha256: " + aHash + "}]}", []string{"auth.api_keys[0].name: letters"}},
		"nothing":             {"auth: {api_keys: []}", []string{"auth: must have api_keys"}},
		"nothing of it":       {"auth:", []string{"auth: no authentication"}},
		"no providers": {
			"auth: {api_keys: [{name: a, sha256: " + aHash + ", providers: [], rpcs: }]}",
			[]string{"auth.api_keys[0].providers: every provider", "auth.api_keys[0].rpcs: every RPC"},
		},
		"no permissions":      {"auth: {jwt: {" + jwt + ", permissions: []}}", []string{"auth.jwt.permissions: every permission for each token"}},
		"no TLS":              {"http: {tls: }", []string{"http.tls: no TLS"}},
		"no client authority": {"grpc: {tls: {" + pair + ", client_ca_file: ''}}", []string{"grpc.tls.client_ca_file: no client certificates"}},
		"no certificates": {
			"grpc: {tls: {" + pair + ", client_ca_file: " + ca + "}}\nauth: {api_keys: [{name: a, sha256: " + aHash + "}], client_certificates: []}",
			[]string{"auth.client_certificates: every permission for each certificate"},
		},
		"unknown names": {
			"auth: {api_keys: [{name: a, sha256: " + aHash + ", providers: [p, r], rpcs: [Create]}]}",
			[]string{"auth.api_keys[0].providers[1]: Use one of: p, q", "auth.api_keys[0].rpcs[0]: Use one of: CreateCustomer, GetCustomer"},
		},
		"tokens":                 {"auth: {jwt: {" + jwt + ", permissions: [{subject: s}, {scope: c, providers: [q]}]}}", nil},
		"tokens, keys over http": {"auth: {jwt: {issuer: i, audience: a, jwks_url: 'http://x/jwks'}}", []string{"auth.jwt.jwks_url: https"}},
		"from this machine":      {"auth: {jwt: {issuer: i, audience: a, jwks_url: 'http://127.0.0.1:1/jwks'}}", nil},
		"no issuer":              {"auth: {jwt: {audience: a, jwks_url: 'https://x'}}", []string{"auth.jwt.issuer: "}},
		"tokens for anybody":     {"auth: {jwt: {" + jwt + ", permissions: [{operator: true}]}}", []string{"auth.jwt.permissions[0]: a subject or a scope"}},
		"tokens at nowhere":      {"auth: {jwt: {" + jwt + ", permissions: [{subject: s, providers: [r]}]}}", []string{"auth.jwt.permissions[0].providers[0]: Use one of: p, q"}},
		"certificates":           {"grpc: {tls: {" + pair + ", client_ca_file: " + ca + "}}\nauth: {client_certificates: [{identity: a}]}", nil},
		"certificates unasked":   {"auth: {client_certificates: [{identity: a}]}", []string{"auth.client_certificates: client_ca_file"}},
		"one identity twice": {
			"grpc: {tls: {" + pair + ", client_ca_file: " + ca + "}}\nauth: {client_certificates: [{identity: a}, {identity: a, rpcs: [Get]}]}",
			[]string{"auth.client_certificates[1].identity: must differ", "auth.client_certificates[1].rpcs[0]: Use one of"},
		},
		"required of nobody":    {"http: {tls: {" + pair + ", require_client_certificate: true}}", []string{"http.tls.require_client_certificate: needs client_ca_file"}},
		"no files":              {"http: {tls: {cert_file: /none/c, key_file: /none/k}}", []string{"http.tls.cert_file: /none/c, which Enlist cannot read", "http.tls.key_file: /none/k"}},
		"half a pair":           {"http: {tls: {cert_file: " + cert + "}}", []string{"http.tls.key_file: "}},
		"the certificate twice": {"grpc: {tls: {cert_file: " + cert + ", key_file: " + cert + "}}", []string{"grpc.tls.key_file: does not contain the key"}},
		"beyond with keys":      {"grpc: {address: ':1'}\nhttp: {address: ':2'}\nauth: {api_keys: [{name: a, sha256: " + aHash + "}]}", nil},
		"beyond with tokens":    {"grpc: {address: ':1'}\nauth: {jwt: {" + jwt + "}}", nil},
		"beyond with TLS alone": {"grpc: {address: ':1', tls: {" + pair + "}}", []string{"grpc.address: loopback"}},
		"beyond with certificates at one": {
			"grpc: {address: ':1', tls: {" + pair + ", client_ca_file: " + ca + "}}\nhttp: {address: ':2'}", []string{"http.address: tls.client_ca_file of this port"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			text := c.yaml + "\nproviders: [{name: p, caliq: {base_url: 'http://x', api_key: k}}, {name: q, caliq: {base_url: 'http://x', api_key: k}}]"
			_, err := Parse("file.yaml", []byte(text), environment, os.ReadFile)
			var invalid *Invalid
			if err != nil && !errors.As(err, &invalid) {
				t.Fatal(err)
			}
			var got []string
			if invalid != nil {
				for _, problem := range invalid.Problems {
					got = append(got, problem.Path+"@"+strconv.Itoa(problem.Line)+": "+problem.Description)
				}
			}
			fits := slices.EqualFunc(got, c.want, func(got, want string) bool {
				path, part, _ := strings.Cut(want, ": ")
				return strings.HasPrefix(got, path+"@") && strings.Contains(got, part) && !strings.HasPrefix(got, path+"@0")
			})
			if !fits && (len(got) > 0 || len(c.want) > 0) {
				t.Errorf("got\n%q, want\n%q", got, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "my-key") {
				t.Errorf("it repeats a key: %v", err)
			}
		})
	}
}
