package providertest

import (
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// fatesDefaulted: the response names each value that a setting adds, with the field that overrides
// it. The case moves the options of each request into the provider's defaults. The vendor then gets
// the same request, and each option is named as a default. If the request sets the options as well,
// none is named.
func fatesDefaulted(t *testing.T, f *fixture) {
	f.settingsAreNamed()
	for i, request := range f.harness.Full() {
		request = settled(request)
		request.ValidateOnly = true
		field := optionsField(request)
		if field == nil {
			continue
		}
		provider, err := f.harness.Defaults(f.server.URL, request)
		if err != nil {
			t.Fatal(err)
		}
		preview := func(request *enlistv1.CreateCustomerRequest) *enlistv1.CreateCustomerResponse {
			t.Helper()
			response, err := Create(t.Context(), provider, request)
			if err != nil {
				t.Fatalf("request %d: %v", i, err)
			}
			return response
		}
		both := preview(request)
		without := proto.CloneOf(request)
		without.ProtoReflect().Clear(field)
		defaulted := preview(without)

		if names := withFate(both, enlistv1.Fate_FATE_DEFAULTED, string(field.Name())+"."); len(names) > 0 {
			t.Errorf("request %d sets its options, and yet these are named as defaults: %v", i, names)
		}
		if changed := difference(flatWire(t, both.GetVendorRequest()), flatWire(t, defaulted.GetVendorRequest())); len(changed) > 0 {
			t.Errorf("request %d: with options from the defaults these change on the wire: %v", i, changed)
		}
		sent := withFate(both, enlistv1.Fate_FATE_SENT, string(field.Name())+".")
		sent = append(sent, withFate(both, enlistv1.Fate_FATE_TRANSFORMED, string(field.Name())+".")...)
		named := withFate(defaulted, enlistv1.Fate_FATE_DEFAULTED, string(field.Name())+".")
		slices.Sort(sent)
		slices.Sort(named)
		if !slices.Equal(sent, named) {
			t.Errorf("request %d: as defaults these are named:\n%v\nwant all that are sent as options:\n%v", i, named, sent)
		}
		for _, fate := range defaulted.GetFields() {
			f.showsNoSecret(fate.String())
			if fate.GetFate() == enlistv1.Fate_FATE_DEFAULTED && strings.HasPrefix(fate.GetPath(), string(field.Name())+".") &&
				!strings.HasSuffix(fate.GetNote(), " defaults."+strings.SplitN(fate.GetPath(), ".", 2)[1]) {
				t.Errorf("the note of %s does not name its setting: %s", fate.GetPath(), fate.GetNote())
			}
		}
	}
}

// settingsAreNamed: previews and responses to creations name what the provider's own settings add.
func (f *fixture) settingsAreNamed() {
	f.t.Helper()
	request := f.request()
	created := withFate(f.create(request), enlistv1.Fate_FATE_DEFAULTED, "")
	request = f.request()
	request.ValidateOnly = true
	previewed := withFate(f.create(request), enlistv1.Fate_FATE_DEFAULTED, "")
	if !slices.Equal(created, previewed) {
		f.t.Errorf("created with the defaults %v, previewed with %v", created, previewed)
	}
	set := flatMessage(f.t, request)
	for _, name := range previewed {
		if path, _, _ := strings.Cut(name, " "); set[path] != "" {
			f.t.Errorf("%s is named as a default, and the request sets it", path)
		}
	}
	for _, row := range f.provider.Describe().Fields.Support() {
		if strings.HasPrefix(row.GetSetting(), "defaults.") || row.GetSetting() == "" {
			continue
		}
		request := f.request()
		request.ValidateOnly = true
		clearIfSet(request, row.GetPath())
		response, err := Create(f.t.Context(), f.provider, request)
		if err != nil { // the setting is unset, and the vendor requires the field
			continue
		}
		if _, carried := flatWire(f.t, response.GetVendorRequest())[row.GetWireField()]; !carried {
			continue
		}
		if want := row.GetPath() + " " + row.GetWireField(); !slices.Contains(withFate(response, enlistv1.Fate_FATE_DEFAULTED, ""), want) {
			f.t.Errorf("%s is sent from the setting %s, and not named: %v", row.GetWireField(), row.GetSetting(), response.GetFields())
		}
	}
}

// withFate returns the path and the vendor's field of each fate of a kind, if the path starts with
// one of the prefixes.
func withFate(response *enlistv1.CreateCustomerResponse, kind enlistv1.Fate, prefixes ...string) []string {
	var names []string
	for _, fate := range response.GetFields() {
		begins := func(prefix string) bool { return strings.HasPrefix(fate.GetPath(), prefix) }
		if fate.GetFate() == kind && slices.ContainsFunc(prefixes, begins) {
			names = append(names, fate.GetPath()+" "+fate.GetWireField())
		}
	}
	return names
}

// optionsField returns the field of a request's vendor options, or nil.
func optionsField(request *enlistv1.CreateCustomerRequest) protoreflect.FieldDescriptor {
	message := request.ProtoReflect()
	return message.WhichOneof(message.Descriptor().Oneofs().ByName("vendor_options"))
}

// clearIfSet clears a field of a request, at a path without indexes.
func clearIfSet(request *enlistv1.CreateCustomerRequest, path string) {
	message := request.ProtoReflect()
	names := strings.Split(path, ".")
	for i, name := range names {
		field := message.Descriptor().Fields().ByName(protoreflect.Name(name))
		switch {
		case field == nil || !message.Has(field):
			return
		case i == len(names)-1:
			message.Clear(field)
			return
		}
		message = message.Get(field).Message()
	}
}
