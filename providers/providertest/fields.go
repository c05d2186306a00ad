package providertest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// fieldsReachTheWire proves that mapping and annotations agree, field by field. It removes each
// field in turn and compares which of the vendor's fields change with those in the table.
func fieldsReachTheWire(t *testing.T, f *fixture) {
	table := map[string][]string{} // canonical path → vendor fields
	for _, field := range f.provider.Describe().Fields.Support() {
		for _, path := range append([]string{field.GetPath()}, field.GetFallbackPaths()...) {
			table[path] = append(table[path], field.GetWireField())
		}
	}
	covered := map[string]bool{"request_id": true}
	for i, request := range f.harness.Full() {
		request = settled(request)
		request.ValidateOnly = true
		whole := flatWire(t, f.create(request).GetVendorRequest())
		for _, fate := range f.create(request).GetFields() {
			if fate.GetFate() == enlistv1.Fate_FATE_DROPPED {
				t.Errorf("request %d: %s was dropped: %s", i, fate.GetPath(), fate.GetNote())
			}
		}
		f.reachInOwnCalls(request)
		for _, path := range leafPaths(request) {
			covered[anyIndex(path)] = true
			covered[path] = true
			if _, own := f.harness.OwnCalls[anyIndex(path)]; own {
				continue
			}
			without, _ := proto.Clone(request).(*enlistv1.CreateCustomerRequest)
			clearPath(without.ProtoReflect(), strings.Split(path, "."))
			response, err := Create(t.Context(), f.provider, without)
			if err != nil {
				known := f.fails(err, enlistv1.ErrorReason_INVALID_FIELD)
				if !strings.Contains(fmt.Sprint(known.Violations), strings.Split(anyIndex(path), "[")[0]) {
					t.Errorf("without %s: violations %v do not name it", path, known.Violations)
				}
				continue
			}
			named := slices.Concat(table[path], table[anyIndex(path)], alongWith(table, path))
			changed := difference(whole, flatWire(t, response.GetVendorRequest()))
			if len(changed) == 0 {
				t.Errorf("without %s nothing changes on the wire, though the table names %v", path, named)
			}
			for _, wire := range changed {
				isNamed := func(name string) bool { // the field itself, an element of it, or an entry of a map
					return wire == name || wire == name+"[]" || strings.HasPrefix(wire, name+".")
				}
				if !slices.ContainsFunc(named, isNamed) && !derived(f, wire) {
					t.Errorf("%s changes %s on the wire; the table names %v", path, wire, named)
				}
			}
		}
	}
	for path := range table {
		if !covered[path] {
			t.Errorf("no request in Full sets %s, which the table has", path)
		}
	}
}

// reachInOwnCalls checks the values of a request that separate requests contain: exactly one
// request besides the previewed one must contain each.
func (f *fixture) reachInOwnCalls(request *enlistv1.CreateCustomerRequest) {
	f.t.Helper()
	if len(f.harness.OwnCalls) == 0 {
		return
	}
	request, _ = proto.Clone(request).(*enlistv1.CreateCustomerRequest)
	request.ValidateOnly = true
	preview := f.create(request).GetVendorRequest()
	request.ValidateOnly = false
	before := len(f.sent())
	f.create(request)
	for path, value := range flatMessage(f.t, request) {
		if _, own := f.harness.OwnCalls[anyIndex(path)]; !own {
			continue
		}
		found := 0
		for _, call := range f.sent()[before:] {
			if !sameRequest(f, preview, call) && slices.Contains(slices.Collect(maps.Values(call.flat(f.t))), value) {
				found++
			}
		}
		if found != 1 {
			f.t.Errorf("%s is in %d calls of its own, want 1", path, found)
		}
	}
}

// flat flattens a request as flatWire flattens a preview.
func (r recorded) flat(t *testing.T) map[string]string {
	request := &enlistv1.VendorRequest{Method: r.method, Url: r.url, Body: string(r.body)}
	request.Headers = []*enlistv1.VendorRequest_Header{{Name: "Content-Type", Value: r.header.Get("Content-Type")}}
	return flatWire(t, request)
}

// alongWith returns the vendor fields that change together with one, because they belong to one
// element: the lines after it in an address, or the name beside the value of a free field.
func alongWith(table map[string][]string, path string) []string {
	var along []string
	if address, _, isLine := strings.Cut(path, ".lines["); isLine {
		for other, wire := range table {
			if strings.HasPrefix(other, address+".lines[") && other > path {
				along = append(along, wire...)
			}
		}
	}
	if strings.HasPrefix(path, "customer.properties[") {
		for _, wire := range table["customer.properties[*]"] {
			along = append(along, wire[:strings.LastIndex(wire, ".")+1]+"code", wire[:strings.LastIndex(wire, ".")+1]+"key")
		}
	}
	return along
}

// derived reports whether Enlist computes a vendor field from several canonical fields.
func derived(f *fixture, wire string) bool {
	for _, field := range f.provider.Describe().Fields.Support() {
		if field.GetWireField() == wire && field.GetNote() != "" {
			return true
		}
	}
	return false
}

func difference(before, after map[string]string) []string {
	changed := map[string]bool{}
	for name, value := range before {
		if after[name] != value {
			changed[name] = true
		}
	}
	for name := range after {
		if _, there := before[name]; !there {
			changed[name] = true
		}
	}
	return slices.Sorted(maps.Keys(changed))
}

// fieldsDropped: the provider refuses a field that the vendor does not support by name, or drops it
// by name on request.
func fieldsDropped(t *testing.T, f *fixture) {
	table := map[string]bool{}
	for _, field := range f.provider.Describe().Fields.Support() {
		for _, path := range append([]string{field.GetPath()}, field.GetFallbackPaths()...) {
			table[path] = true
		}
	}
	set := map[string]func(*enlistv1.Customer){
		"customer.website":           func(c *enlistv1.Customer) { c.Website = "https://example.com" },
		"customer.birth_place":       func(c *enlistv1.Customer) { c.BirthPlace = "Lyon" },
		"customer.organization.eori": func(c *enlistv1.Customer) { c.Organization = &enlistv1.Organization{Eori: "FR1"} },
		"customer.billing_address.latitude": func(c *enlistv1.Customer) {
			if c.BillingAddress == nil {
				c.BillingAddress = &enlistv1.Address{}
			}
			c.BillingAddress.Latitude = proto.Float64(1.5)
		},
		"customer.vendor_ids[\"account_id\"]": func(c *enlistv1.Customer) { c.VendorIds = map[string]string{"account_id": "1"} },
	}
	tried := 0
	for path, change := range set {
		if table[path] {
			continue
		}
		tried++
		request := f.request()
		change(request.GetCustomer())
		_, err := Create(t.Context(), f.provider, request)
		known := f.fails(err, enlistv1.ErrorReason_FIELD_NOT_SUPPORTED)
		if len(known.Violations) != 1 || known.Violations[0].Path != path {
			t.Errorf("violations %v, want one at %s", known.Violations, path)
		}
		request.UnsupportedFields = enlistv1.UnsupportedFields_UNSUPPORTED_FIELDS_DROP
		request.ValidateOnly = true
		response := f.create(request)
		at := slices.IndexFunc(response.GetFields(), func(fate *enlistv1.FieldFate) bool { return fate.GetPath() == path })
		if at < 0 || response.GetFields()[at].GetFate() != enlistv1.Fate_FATE_DROPPED {
			t.Errorf("%s is not named as dropped: %v", path, response.GetFields())
		}
		if strings.Contains(response.GetCustomer().String(), "example.com/dropped") {
			t.Errorf("the response shows %s, which was dropped", path)
		}
	}
	if tried < 2 {
		t.Errorf("only %d fields could be tried", tried)
	}
}

// previewIsSent compares the preview with the request of a real creation.
func previewIsSent(t *testing.T, f *fixture) {
	for _, request := range f.harness.Full() {
		request = settled(request)
		request.ValidateOnly = true
		preview := f.create(request)
		if preview.GetOutcome() != enlistv1.Outcome_OUTCOME_PREVIEWED {
			t.Errorf("outcome %s", preview.GetOutcome())
		}
		text, _ := protojson.Marshal(preview.GetVendorRequest())
		f.showsNoSecret(string(text))
		before := len(f.sent())
		request.ValidateOnly = false
		f.create(request)
		calls := f.sent()
		if len(calls) <= before {
			t.Fatal("nothing was sent")
		}
		matched := slices.ContainsFunc(calls[before:], func(call recorded) bool { return sameRequest(f, preview.GetVendorRequest(), call) })
		if !matched {
			t.Errorf("no call is what the preview shows:\n%s\nsent: %s %s\n%s", text, calls[before].method, calls[before].url, calls[before].body)
		}
	}
}

// sameRequest compares byte by byte, except for placeholders of secrets and files.
func sameRequest(f *fixture, preview *enlistv1.VendorRequest, call recorded) bool {
	same := func(shown, sent string) bool {
		pattern := "^" + regexp.QuoteMeta(shown) + "$"
		for _, name := range preview.GetPlaceholders() {
			pattern = strings.ReplaceAll(pattern, `\$`+name, ".*")
		}
		return regexp.MustCompile("(?s)" + fileNote.ReplaceAllString(pattern, ".*")).MatchString(sent)
	}
	if preview.GetMethod() != call.method || !same(preview.GetUrl(), call.url) || !same(preview.GetBody(), string(call.body)) {
		return false
	}
	for _, header := range preview.GetHeaders() {
		if !same(header.GetValue(), call.header.Get(header.GetName())) {
			f.t.Logf("header %s: shown %q, sent %q", header.GetName(), header.GetValue(), call.header.Get(header.GetName()))
			return false
		}
	}
	return true
}

// fileNote is a preview's placeholder for the bytes of a file: <image/png, 12345 bytes>.
var fileNote = regexp.MustCompile(`<[a-z]+/[a-z-]+, \d+ bytes>`)

// flatWire flattens a vendor request: the members of its JSON body, or the fields of its form and
// query.
func flatWire(t *testing.T, request *enlistv1.VendorRequest) map[string]string {
	t.Helper()
	flat := map[string]string{}
	target, err := url.Parse(request.GetUrl())
	if err != nil {
		t.Fatal(err)
	}
	addValues(flat, target.Query())
	var contentType string
	for _, header := range request.GetHeaders() {
		if header.GetName() == "Content-Type" {
			contentType = header.GetValue()
		}
	}
	mediaType, parameters, _ := mime.ParseMediaType(contentType)
	switch mediaType {
	case "application/json":
		var body any
		if err := json.Unmarshal([]byte(request.GetBody()), &body); err != nil {
			t.Fatalf("%v in %s", err, request.GetBody())
		}
		flattenJSON(flat, "", body)
	case "application/x-www-form-urlencoded":
		values, err := url.ParseQuery(request.GetBody())
		if err != nil {
			t.Fatal(err)
		}
		addValues(flat, values)
	case "multipart/form-data":
		parts := multipart.NewReader(bytes.NewReader([]byte(request.GetBody())), parameters["boundary"])
		for {
			part, err := parts.NextPart()
			if err != nil {
				break
			}
			content, _ := io.ReadAll(part)
			if part.FileName() == "" {
				flat[part.FormName()] = string(content)
				continue
			}
			flat[part.FormName()+".filename"], flat[part.FormName()+".content"] = part.FileName(), string(content)
		}
	}
	return flat
}

func addValues(flat map[string]string, values url.Values) {
	for name, list := range values {
		flat[name] = strings.Join(list, "\n")
	}
}

func flattenJSON(flat map[string]string, prefix string, value any) {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			flattenJSON(flat, strings.TrimPrefix(prefix+"."+name, "."), member)
		}
	case []any:
		for _, element := range value {
			flattenJSON(flat, prefix+"[]", element)
		}
	default:
		flat[prefix] += fmt.Sprint(value) + "\n"
	}
}

var index = regexp.MustCompile(`\[[^\]]*\]`)

func anyIndex(path string) string {
	if strings.Contains(path, ".lines[") {
		return path
	}
	return index.ReplaceAllString(path, "[*]")
}

// leafPaths lists the paths of all values that a creation sets in its customer and its vendor
// options.
func leafPaths(request *enlistv1.CreateCustomerRequest) []string {
	var paths []string
	for path := range flatMessage(nil, request) {
		if strings.HasPrefix(path, "customer.") || strings.Contains(path, ".") {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths
}

// flatMessage flattens a message: proto path → value. Dates are one value.
func flatMessage(_ *testing.T, message proto.Message) map[string]string {
	flat := map[string]string{}
	flattenMessage(flat, "", message.ProtoReflect())
	return flat
}

func flattenMessage(flat map[string]string, prefix string, message protoreflect.Message) {
	message.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		path := prefix + string(field.Name())
		one := func(path string, value protoreflect.Value, inner protoreflect.MessageDescriptor) {
			if inner != nil && inner.FullName() != "google.type.Date" && inner.FullName() != "google.protobuf.Timestamp" {
				flattenMessage(flat, path+".", value.Message())
				return
			}
			flat[path] = value.String()
		}
		switch {
		case field.IsMap():
			value.Map().Range(func(key protoreflect.MapKey, value protoreflect.Value) bool {
				one(fmt.Sprintf("%s[%q]", path, key.String()), value, field.MapValue().Message())
				return true
			})
		case field.IsList():
			for i := range value.List().Len() {
				one(fmt.Sprintf("%s[%d]", path, i), value.List().Get(i), field.Message())
			}
		default:
			one(path, value, field.Message())
		}
		return true
	})
}

// clearPath removes one value. It removes an element of a list together with all that follow.
func clearPath(message protoreflect.Message, path []string) {
	name, at, indexed := strings.Cut(strings.TrimSuffix(path[0], "]"), "[")
	field := message.Descriptor().Fields().ByName(protoreflect.Name(name))
	switch {
	case indexed && field.IsMap():
		message.Mutable(field).Map().Clear(protoreflect.ValueOfString(strings.Trim(at, `"`)).MapKey())
	case indexed && len(path) > 1:
		clearPath(message.Mutable(field).List().Get(atoi(at)).Message(), path[1:])
	case indexed:
		message.Mutable(field).List().Truncate(atoi(at))
	case len(path) == 1:
		message.Clear(field)
	default:
		clearPath(message.Mutable(field).Message(), path[1:])
	}
}

func atoi(text string) int {
	var number int
	_, _ = fmt.Sscan(text, &number)
	return number
}

func contains(text, part string) bool { return strings.Contains(text, part) }

func flatJSONText(t *testing.T, value any) string {
	t.Helper()
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
