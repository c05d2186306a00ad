package config

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

func environment(name string) (string, bool) {
	value, set := map[string]string{"OC_SECRET": "s3cret", "OC_USER": "demo", "SECRETS": "/run/secrets", "LATIN1": "caf\xe9", "ESC": "\x1b[0m"}[name]
	return value, set
}

func readFile(name string) ([]byte, error) {
	if name == "/run/secrets/opencell" {
		return []byte("from a file\n"), nil
	}
	return nil, os.ErrNotExist
}

func TestFullConfiguration(t *testing.T) {
	data, err := os.ReadFile("testdata/full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	config, err := Parse("full.yaml", data, environment, readFile)
	if err != nil {
		t.Fatal(err)
	}
	opencell := config.GetProviders()[0].GetOpencell()
	for what, equal := range map[string]bool{
		"variable":          opencell.GetClientSecret() == "s3cret",
		"variable in text":  opencell.GetUsername() == "user-demo",
		"file":              opencell.GetPassword() == "from a file",
		"variable in file":  config.GetProviders()[3].GetCaliq().GetApiKey() == "from a file",
		"duration":          config.GetProviders()[0].GetTimeout().AsDuration() == 10*time.Second,
		"minutes":           config.GetShutdown().GetTimeout().AsDuration() == time.Minute,
		"hours":             config.GetJournal().GetRetention().AsDuration() == 400*time.Hour,
		"enum":              config.GetProviders()[0].GetOnExisting() == enlistv1.OnExisting_ON_EXISTING_ADOPT,
		"optional false":    opencell.SendIsCompany != nil && !opencell.GetSendIsCompany(),
		"nested options":    opencell.GetDefaults().GetBillingCycle() == "BC_MONTHLY_1ST" && opencell.GetDefaults().GetElectronicBilling(),
		"date":              opencell.GetDefaults().GetSubscriptionDate().GetYear() == 2018,
		"number as text":    config.GetProviders()[1].GetSellAndSign().GetToken() == "12345",
		"number":            config.GetProviders()[4].GetAvvio().GetSiteId() == 1853,
		"log level":         config.GetLog().GetLevel() == configv1.Log_LEVEL_WARN,
		"five vendors":      len(config.GetProviders()) == 5,
		"default stays off": config.GetGrpc().GetAddress() == "127.0.0.1:9090",
	} {
		if !equal {
			t.Errorf("%s: not as written", what)
		}
	}
}

func TestDefaults(t *testing.T) {
	config, err := Parse("x", []byte(`providers: [{name: a, caliq: {base_url: "http://x", api_key: k}}]`), environment, readFile)
	if err != nil {
		t.Fatal(err)
	}
	if config.GetGrpc().GetAddress() != "127.0.0.1:9090" || config.GetHttp().GetAddress() != "127.0.0.1:8080" ||
		config.GetCallTimeout().AsDuration() != time.Minute || config.GetShutdown().GetTimeout().AsDuration() != 30*time.Second {
		t.Errorf("got %v", config)
	}
}

// The error lists every problem by path and line, and repeats no value.
func TestProblems(t *testing.T) {
	for name, c := range map[string]struct {
		yaml string
		want []string // "path@line", in order
	}{
		"empty":    {"", []string{"providers@0"}},
		"comments": {"# nothing\n", []string{"providers@0"}},
		"many": {`
grpc: {address: nowhere}
htpp: {}
call_timeout: soon
auth: {api_keys: []}
providers:
  - name: Bad Name
    opencell: {base_url: "ftp://x", username: u, password: "${MISSING}"}
  - name: two
    opencell: {base_url: "http://x", username: u, password: file:/missing}
    caliq: {base_url: "http://x"}
  - {name: two, avvio: {base_url: "http://x", username: u, password: p, site_id: many}}
  - {name: none}
`, []string{
			"grpc.address@2", "htpp@3", "call_timeout@4", "auth@5", "providers[0].name@7", "providers[0].opencell.base_url@8",
			"providers[0].opencell.password@8", "providers[1].opencell.password@10", "providers[1].caliq@11",
			"providers[2].avvio.site_id@12", "providers[2].name@12", "providers[3]@13",
		}},
		"beyond loopback": {
			"grpc: {address: \"0.0.0.0:9090\"}\nhttp: {address: \":8080\"}\nproviders: [{name: a, caliq: {base_url: \"http://x\", api_key: k}}]",
			[]string{"grpc.address@1", "http.address@2"},
		},
		"one address": {`
grpc: {address: "127.0.0.1:8080"}
admin: {address: ":8080"}
providers: [{name: a, caliq: {base_url: "http://x", api_key: k}}]
`, []string{"http.address@0", "admin.address@3"}},
		"twice":        {"http: {address: \"127.0.0.1:1\"}\nhttp: {}\nproviders: [{name: a, caliq: {base_url: \"http://x\", api_key: k}}]", []string{"http@2"}},
		"no such port": {"grpc: {address: \"127.0.0.1:65536\"}\nproviders: [{name: a, caliq: {base_url: \"http://x\", api_key: k}}]", []string{"grpc.address@1"}},
		"admin": {
			"admin: {}\nproviders: [{name: a, caliq: {base_url: \"http://x\", api_key: k}}]", []string{"admin.address@1"},
		},
		"no such port of admin": {
			"admin: {address: \":65536\"}\nproviders: [{name: a, caliq: {base_url: \"http://x\", api_key: k}}]", []string{"admin.address@1"},
		},
		"no port of admin": {
			"admin: {address: \":655360\"}\nproviders: [{name: a, caliq: {base_url: \"http://x\", api_key: k}}]", []string{"admin.address@1"},
		},
		"wrong shapes": {"http: []\nproviders: {}\nlog: {level: LOUD}\nshutdown: 5", []string{"http@1", "providers@2", "log.level@3", "shutdown@4"}},
		"control characters": {`
journal: {postgres: {dsn: "host=a\nport=1"}, encryption_keys: [AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=]}
providers:
  - name: a
    opencell:
      base_url: "http://x"
      username: "u\0"
      password: "${ESC}"
      seller_code: "a\tb"
      defaults:
        billing_cycle: "\u0085"
        cced_emails: "a@example.com,\nb@example.com"
        custom_fields: [{code: "c\e", string_value: "\x7f"}]
  - name: b
    valomnia:
      base_url: "http://x"
      username: "${LATIN1}"
      password: p
      defaults:
        on_hold_reason: "one\n\ttwo"
        customer_risk: "high\n"
        payment_type_ids: ["7", "\a"]
`, []string{
			"providers[0].opencell.username@7", "providers[0].opencell.password@8", "providers[0].opencell.seller_code@9",
			"providers[0].opencell.defaults.billing_cycle@11", "providers[0].opencell.defaults.cced_emails@12",
			"providers[0].opencell.defaults.custom_fields[0].code@13", "providers[0].opencell.defaults.custom_fields[0].string_value@13",
			"providers[1].valomnia.username@17", "providers[1].valomnia.defaults.customer_risk@21", "providers[1].valomnia.defaults.payment_type_ids[1]@22",
		}},
		"impossible values": {`
providers:
  - name: a
    opencell: {base_url: "http://x", username: u, password: p, defaults: {subscription_date: {year: 2023, month: 2, day: 29}}}
  - name: b
    valomnia: {base_url: "http://x", username: u, password: p, defaults: {credit_limit: NaN}}
`, []string{"providers[0].opencell.defaults.subscription_date@4", "providers[1].valomnia.defaults.credit_limit@6"}},
		"unknown codes": {"providers: [{name: a, opencell: {base_url: \"http://x\", username: u, password: p, currency_code: ZZZ, language_code: xx}}]", []string{"providers[0].opencell.currency_code@1", "providers[0].opencell.language_code@1"}},
		"a currency that is withdrawn and a language without an alpha-3 code": {"providers: [{name: a, opencell: {base_url: \"http://x\", username: u, password: p, currency_code: DEM, language_code: cmn}}]", []string{"providers[0].opencell.currency_code@1", "providers[0].opencell.language_code@1"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("file.yaml", []byte(c.yaml), environment, readFile)
			var invalid *Invalid
			if !errors.As(err, &invalid) {
				t.Fatalf("got %v", err)
			}
			var got []string
			for _, problem := range invalid.Problems {
				got = append(got, problem.Path+"@"+strconv.Itoa(problem.Line))
				if problem.Description == "" || !strings.Contains(err.Error(), problem.Path+" "+problem.Description) {
					t.Errorf("%q does not tell %v", err, problem)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got\n%q, want\n%q\n%v", got, c.want, err)
			}
		})
	}
}

// A message names a setting as the file has it, on its line, and a limit in the units of the file.
func TestMessages(t *testing.T) {
	const caliq = "\nproviders: [{name: a, caliq: {base_url: \"http://x\", api_key: k}}]"
	for yaml, want := range map[string]string{
		"call_timeout: soon" + caliq:                              "x: 1 problem:\n  line 1: call_timeout must be a duration such as 30s, 5m or 1h30m",
		"call_timeout: 5" + caliq:                                 "call_timeout must be a duration such as 30s, 5m or 1h30m",
		"call_timeout: 11m" + caliq:                               "call_timeout must be a duration from 1ms to 10m, for example 1m",
		"journal: {retention: 10m}" + caliq:                       "journal.retention must be a duration of at least 1h, for example 9600h",
		"journal: {gap_lasts: 1s}" + caliq:                        "journal.gap_lasts must be a duration from 1h to 720h, for example 24h",
		"journal: {retention: 1h, payload_retention: 2h}" + caliq: "journal.payload_retention must be at most the retention, 1h",
		"providers:\n- name: a\n  avvvio: {}":                     "x: 2 problems:\n  line 2: providers[0] must have exactly one of avvio, caliq,",
		"providers: [{name: a, caliq: {base_url: \"http://x\", api_key: \"file:/missing\"}}]":                         "names the file /missing, which Enlist cannot read: no such file",
		"journal:\n  encryption_keys:\n  - AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n  - x" + caliq:               "line 4: journal.encryption_keys[1] must",
		"journal:\n  encryption_keys:\n  - ${NOWHERE}" + caliq:                                                        "line 3: journal.encryption_keys[0] names the environment variable NOWHERE",
		"auth:\n  api_keys:\n  - name: a\n    sha256: " + aHash + "\n    rpcs:\n    - GetCustomer\n    - Foo" + caliq: "line 7: auth.api_keys[0].rpcs[1] is not the name of an RPC",
	} {
		_, err := Parse("x", []byte(yaml), environment, func(name string) ([]byte, error) {
			return nil, &os.PathError{Op: "open", Path: name, Err: syscall.ENOENT}
		})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\n%v\nnot: %s", yaml, err, want)
		}
	}
	missing := filepath.Join(t.TempDir(), "nowhere.yaml")
	if _, err := Load(missing); err == nil || !strings.Contains(err.Error(), "Write one with `enlist init`") {
		t.Errorf("a missing file: %v", err)
	}
}

func TestNotYAML(t *testing.T) {
	for _, text := range []string{"a: [", "- a", "text", "a: 1\n---\nb: 2", "\x00"} {
		if _, err := Parse("x", []byte(text), environment, readFile); err == nil {
			t.Errorf("%q: no error", text)
		}
	}
}

func TestSecretsAreNotRepeated(t *testing.T) {
	if _, err := Parse("x", []byte("providers: [{name: a, caliq: {api_key: *s3cret-value }}]"), environment, readFile); err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("got %v", err)
	}
	_, err := Parse("x", []byte("log: {level: s3cret-value}\ncall_timeout: s3cret-value\nproviders: [{name: a, caliq: {base_url: s3cret-value, channel_id: s3cret-value}}]"), environment, readFile)
	if err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("got %v", err)
	}
}

func TestIsSameAddress(t *testing.T) {
	for _, c := range []struct {
		one, other string
		want       bool
	}{
		{"127.0.0.1:1", "127.0.0.1:1", true},
		{"localhost:1", "127.0.0.1:1", true},
		{":1", "127.0.0.1:1", true},
		{"[::1]:1", "0.0.0.0:1", true},
		{"host:1", "host:1", true},
		{"[::1]:1", "[0:0::1]:1", true},
		{"127.0.0.1:1", "127.0.0.1:2", false},
		{"127.0.0.1:1", "127.0.0.2:1", false},
		{"[::1]:1", "127.0.0.1:1", false},
		{"127.0.0.1:0", "127.0.0.1:0", false},
		{"host:1", "127.0.0.1:1", false},
		{"", "127.0.0.1:1", false},
	} {
		if isSameAddress(c.one, c.other) != c.want || isSameAddress(c.other, c.one) != c.want {
			t.Errorf("%s and %s: not %t", c.one, c.other, c.want)
		}
	}
}

func TestIsLoopback(t *testing.T) {
	for address, want := range map[string]bool{
		"127.0.0.1:1": true, "localhost:1": true, "[::1]:1": true, "127.9.9.9:1": true,
		"0.0.0.0:1": false, ":1": false, "10.0.0.1:1": false, "example.com:1": false, "x": false, "[::]:1": false,
	} {
		if got := IsLoopback(address); got != want {
			t.Errorf("%s: %t", address, got)
		}
	}
}

// Every file yields a configuration or an error, and never a crash.
func FuzzParse(f *testing.F) {
	full, err := os.ReadFile("testdata/full.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(full))
	f.Add("a: &a [*a]\nproviders: *a")
	f.Add("providers: [{name: a, opencell: {defaults: {custom_fields: [{code: x, long_value: 1e99}]}}}]")
	f.Fuzz(func(t *testing.T, text string) {
		config, err := Parse("fuzz", []byte(text), environment, readFile)
		if (config == nil) == (err == nil) {
			t.Errorf("config %v, error %v", config, err)
		}
	})
}

// The prefix of an enum's values is optional.
func TestEnumWithoutPrefix(t *testing.T) {
	for text, want := range map[string]configv1.Postgres_Durability{
		"SYNCHRONOUS": configv1.Postgres_DURABILITY_SYNCHRONOUS, "MANAGED": configv1.Postgres_DURABILITY_MANAGED,
		"SINGLE_NODE": configv1.Postgres_DURABILITY_SINGLE_NODE, "DURABILITY_MANAGED": configv1.Postgres_DURABILITY_MANAGED,
	} {
		config, err := Parse("x", []byte(`
providers: [{name: a, caliq: {base_url: "http://x", api_key: k}}]
journal: {gap_lasts: 48h, postgres: {dsn: 'host=x', durability: `+text+`}, encryption_keys: [aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=]}`), environment, readFile)
		if err != nil {
			t.Fatal(err)
		}
		if got := config.GetJournal().GetPostgres().GetDurability(); got != want || config.GetJournal().GetGapLasts().AsDuration() != 48*time.Hour {
			t.Errorf("%s is %s", text, got)
		}
	}
}
