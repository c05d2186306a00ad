// Package config reads the configuration file: YAML with the names of enlist.config.v1.Config,
// checked against the rules of that message. An error lists everything that is wrong, by field path
// and line.
//
// Packages cli and server import it.
package config

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/durationpb"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/once"
	"github.com/enlist-dev/enlist/providers/codes"
	"github.com/enlist-dev/enlist/providers/rules"
)

// Problem is one thing that is wrong with a configuration.
type Problem struct {
	// Path of the field: `providers[0].timeout`.
	Path string
	// Line is the line in the file, or 0 if the file does not have the field.
	Line int
	// Description completes a sentence that begins with the path.
	Description string
}

func (p Problem) String() string {
	if p.Line > 0 {
		return fmt.Sprintf("line %d: %s %s", p.Line, p.Path, p.Description)
	}
	return p.Path + " " + p.Description
}

// Invalid is the error of a configuration with problems.
type Invalid struct {
	// File is the name of the file.
	File string
	// Problems lists every problem.
	Problems []Problem
	// Reloads says that Enlist already runs with an earlier configuration.
	Reloads bool
}

// Error lists the problems, one on each line.
func (i *Invalid) Error() string {
	heading := fmt.Sprintf("%s: %d problem", i.File, len(i.Problems))
	if len(i.Problems) != 1 {
		heading += "s"
	}
	if i.Reloads {
		heading += ". Enlist keeps the earlier configuration"
	}
	lines := append(make([]string, 0, len(i.Problems)+1), heading+":")
	for _, problem := range i.Problems {
		lines = append(lines, "  "+problem.String())
	}
	return strings.Join(lines, "\n")
}

// Load reads, completes and checks a file. The error is an *Invalid, or the reason why the file
// cannot be read.
func Load(file string) (*configv1.Config, error) { return NewFile(file).Load() }

// Parse does what Load does, for the content of a file. The given functions return environment
// variables and secret files.
func Parse(
	name string, data []byte, environment func(string) (string, bool), readFile func(string) ([]byte, error),
) (*configv1.Config, error) {
	decoder := &decoder{environment: environment, readFile: readFile, lines: map[string]int{}}
	config, err := decoder.parse(name, data)
	if err != nil {
		return nil, err
	}
	SetDefaults(config)
	return config, nil
}

// parse reads and checks a configuration, without defaults.
func (d *decoder) parse(name string, data []byte) (*configv1.Config, error) {
	config := &configv1.Config{}
	if err := d.decode(data, config); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	findings := rules.Inspect(config)
	for _, violation := range slices.Concat(rules.Check(config), findings.Text, findings.Impossible) {
		if !d.failedAt(violation.Path) {
			// The name of a oneof is no setting.
			d.problem(strings.TrimSuffix(violation.Path, ".vendor"), inUnits(violation.Description))
		}
	}
	d.checkAcross(config)
	return config, d.invalid(name)
}

var seconds = regexp.MustCompile(`\b[0-9.]+s\b`)

// inUnits returns a text with its durations in the units of a configuration: 1h, not 3600s.
func inUnits(text string) string {
	return seconds.ReplaceAllStringFunc(text, func(duration string) string {
		parsed, err := time.ParseDuration(duration)
		if err != nil {
			return duration
		}
		short := parsed.String()
		if strings.HasSuffix(short, "m0s") {
			short = strings.TrimSuffix(short, "0s")
		}
		if strings.HasSuffix(short, "h0m") {
			short = strings.TrimSuffix(short, "0m")
		}
		return short
	})
}

// invalid returns the error of the problems so far, or nil.
func (d *decoder) invalid(name string) error {
	if len(d.problems) == 0 {
		return nil
	}
	slices.SortStableFunc(d.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Path, b.Path))
	})
	return &Invalid{File: name, Problems: d.problems}
}

// checkAcross checks what the rules of single fields cannot express.
func (d *decoder) checkAcross(config *configv1.Config) {
	seen := map[string]int{}
	for i, provider := range config.GetProviders() {
		path := fmt.Sprintf("providers[%d]", i)
		if first, twice := seen[provider.GetName()]; twice && provider.GetName() != "" {
			d.problem(path+".name", fmt.Sprintf("must differ from the name of providers[%d]", first))
		} else {
			seen[provider.GetName()] = i
		}
		d.checkCodes(path, provider.ProtoReflect())
		d.checkRetention(path, provider, cmp.Or(provider.GetRetention().AsDuration(), config.GetJournal().GetRetention().AsDuration()))
	}
	d.checkRetention("journal", config.GetJournal(), config.GetJournal().GetRetention().AsDuration())
	d.checkJournal(config.GetJournal())
	d.checkAuth(config)
	if !d.failedAt("admin.address") {
		d.checkPort("admin.address", config.GetAdmin().GetAddress())
	}
	d.checkListening("grpc.address", config.GetGrpc().GetAddress(), config.GetGrpc().GetTls(), config.GetAuth())
	d.checkListening("http.address", config.GetHttp().GetAddress(), config.GetHttp().GetTls(), config.GetAuth())
	d.checkApart(config)
	d.checkTLS("grpc.tls", config.GetGrpc().GetTls())
	d.checkTLS("http.tls", config.GetHttp().GetTls())
}

// checkCodes checks the settings of a vendor that are codes, as their names say.
func (d *decoder) checkCodes(path string, provider protoreflect.Message) {
	vendor := provider.WhichOneof(provider.Descriptor().Oneofs().ByName("vendor"))
	if vendor == nil {
		return
	}
	connection := provider.Get(vendor).Message()
	for name, check := range map[protoreflect.Name]func(string) error{
		"currency_code": codes.CheckCurrency,
		"language_code": func(tag string) error { // vendors take a form of the base language
			_, problem := codes.LanguageAlpha3(tag)
			return problem
		},
	} {
		at := fmt.Sprintf("%s.%s.%s", path, vendor.Name(), name)
		if field := connection.Descriptor().Fields().ByName(name); field != nil && connection.Has(field) && !d.failedAt(at) {
			d.check(at, check(connection.Get(field).String()))
		}
	}
}

// checkPort reports whether an address has a valid port.
func (d *decoder) checkPort(path, address string) bool {
	if _, port, _ := net.SplitHostPort(address); len(port) > 5 || len(port) == 5 && port > "65535" {
		d.problem(path, "must end with a port of at most 65535")
		return false
	}
	return true
}

// checkApart refuses two ports on one address.
func (d *decoder) checkApart(config *configv1.Config) {
	listening := []struct{ path, address string }{
		{"grpc.address", cmp.Or(config.GetGrpc().GetAddress(), defaultGRPC)},
		{"http.address", cmp.Or(config.GetHttp().GetAddress(), defaultHTTP)},
		{"admin.address", config.GetAdmin().GetAddress()},
	}
	for i, one := range listening {
		for _, other := range listening[:i] {
			if !d.failedAt(one.path) && !d.failedAt(other.path) && isSameAddress(one.address, other.address) {
				d.problem(one.path, "must have another port than "+other.path+" ("+other.address+")")
			}
		}
	}
}

// isSameAddress reports whether two servers cannot listen on two addresses at once.
func isSameAddress(one, other string) bool {
	host, port, err := net.SplitHostPort(one)
	otherHost, otherPort, otherErr := net.SplitHostPort(other)
	if err != nil || otherErr != nil || port != otherPort || port == "0" {
		return false
	}
	ip := func(host string) net.IP {
		return net.ParseIP(cmp.Or(map[string]string{"": "::", "localhost": "127.0.0.1"}[host], host))
	}
	a, b := ip(host), ip(otherHost)
	return host == otherHost || a.IsUnspecified() || b.IsUnspecified() || a != nil && a.Equal(b)
}

func (d *decoder) checkJournal(journal *configv1.Journal) {
	keys := journal.GetEncryptionKeys()
	if journal.GetPostgres() != nil && len(keys) == 0 && !d.failedAt("journal.encryption_keys") {
		d.problem("journal.encryption_keys", "must be set with postgres, because every replica needs the same key. Generate one with `openssl rand -base64 32`")
	}
	for i, key := range keys {
		if slices.Contains(keys[:i], key) {
			d.problem(fmt.Sprintf("journal.encryption_keys[%d]", i), "must differ from the earlier keys")
		}
	}
}

// checkRetention checks that a section keeps payloads no longer than outcomes. 0 means the default.
func (d *decoder) checkRetention(path string, section interface{ GetPayloadRetention() *durationpb.Duration }, outcome time.Duration) {
	outcome = cmp.Or(outcome, once.DefaultRetention)
	if section.GetPayloadRetention().AsDuration() > outcome && !d.failedAt(path+".payload_retention") {
		d.problem(path+".payload_retention", fmt.Sprintf("must be at most the retention, %gh", outcome.Hours()))
	}
}

func (d *decoder) check(path string, err error) {
	if err != nil {
		d.problem(path, err.Error())
	}
}

// IsLoopback reports whether only this machine can reach an address host:port.
func IsLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	return isLoopbackHost(host)
}

func isLoopbackHost(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

var errNotMapping = errors.New("the configuration must be a YAML mapping. See docs/configuration.md for examples")
