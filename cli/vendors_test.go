package cli_test

import (
	"os"
	"slices"
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
	sandboxed := []sandbox.Vendor{sandbox.Opencell, sandbox.SellAndSign, sandbox.Valomnia, sandbox.Caliq, sandbox.Avvio}
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
		case !isFile("configuration/" + embedded[at].GetName() + ".yaml"):
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
