package cli_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/enlist-dev/enlist/cli"
	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers/registry"
	"github.com/enlist-dev/enlist/sandbox"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Every vendor has options in the contract, a connection in the configuration, an adapter and a
// sandbox. It also has an example for enlist init, and a place in the demo.
func TestEveryVendorIsWhole(t *testing.T) {
	options := (&enlistv1.CreateCustomerRequest{}).ProtoReflect().Descriptor().Oneofs().ByName("vendor_options").Fields()
	connections := (&configv1.Provider{}).ProtoReflect().Descriptor().Oneofs().ByName("vendor").Fields()
	embedded := cli.EmbeddedConfig("http://127.0.0.1:1").GetProviders()
	made, err := registry.New(embedded)
	if err != nil {
		t.Fatal(err)
	}
	sandboxed := sandbox.New().Vendors()
	for number, name := range enlistv1.Vendor_name {
		if number == 0 {
			continue
		}
		field := protoreflect.Name(strings.ToLower(strings.TrimPrefix(name, "VENDOR_")))
		at := slices.IndexFunc(embedded, func(provider *configv1.Provider) bool { return registry.Vendor(provider) == field })
		switch {
		case options.ByName(field) == nil:
			t.Errorf("%s has no options %s in CreateCustomerRequest", name, field)
		case connections.ByName(field) == nil:
			t.Errorf("%s has no connection %s in the configuration", name, field)
		case at < 0:
			t.Errorf("%s is not in the embedded configuration", name)
		case made[embedded[at].GetName()].Describe().Vendor != enlistv1.Vendor(number):
			t.Errorf("%s: the adapter says it is for %s", name, made[embedded[at].GetName()].Describe().Vendor)
		case !isFile("../providers/" + embedded[at].GetName() + "/configuration.yaml"):
			t.Errorf("%s has no example for enlist init", name)
		case !slices.Contains(sandboxed, sandbox.Vendor(field)):
			t.Errorf("%s is not in the sandbox", name)
		}
	}
	if want := len(enlistv1.Vendor_name) - 1; options.Len() != want || connections.Len() != want || len(embedded) != want || len(sandboxed) != want {
		t.Errorf("%d vendors, %d options, %d connections, %d embedded, %d in the sandbox", want, options.Len(), connections.Len(), len(embedded), len(sandboxed))
	}
}

func isFile(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

var update = flag.Bool("update", false, "write configuration/sandbox.yaml")

// configuration/sandbox.yaml, which enlist init writes, has what the demo uses of each vendor.
func TestSandboxConfiguration(t *testing.T) {
	const file = "configuration/sandbox.yaml"
	before, _, found := strings.Cut(read(t, file), "providers:\n")
	if !found {
		t.Fatal("it has no providers")
	}
	var text strings.Builder
	text.WriteString(before + "providers:\n")
	for i, provider := range registry.Demo("http://127.0.0.1:8090") {
		fmt.Fprintf(&text, "  - name: %s", provider.GetName())
		if i == 0 {
			text.WriteString(" # the name that callers use")
		}
		fmt.Fprintf(&text, "\n    %s:\n", registry.Vendor(provider))
		connection := provider.ProtoReflect().Get(provider.ProtoReflect().WhichOneof(vendorOneof())).Message()
		for _, setting := range settings(connection) {
			text.WriteString("      " + setting + "\n")
		}
	}
	if *update {
		if err := os.WriteFile(file, []byte(text.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if read(t, file) != text.String() {
		t.Errorf("%s is out of date: make docs", file)
	}
}

func vendorOneof() protoreflect.OneofDescriptor {
	return (&configv1.Provider{}).ProtoReflect().Descriptor().Oneofs().ByName("vendor")
}

// plain is a value that YAML needs no quotes for.
var plain = regexp.MustCompile(`^[\w.:/@-]+$`)

// settings returns the settings of a message in YAML, in its own order.
func settings(message protoreflect.Message) []string {
	var all []string
	for i := range message.Descriptor().Fields().Len() {
		field := message.Descriptor().Fields().Get(i)
		if !message.Has(field) {
			continue
		}
		value := message.Get(field).String()
		if field.Message() != nil {
			value = "{" + strings.Join(settings(message.Get(field).Message()), ", ") + "}"
		} else if !plain.MatchString(value) {
			value = strconv.Quote(value)
		}
		all = append(all, string(field.Name())+": "+value)
	}
	return all
}
