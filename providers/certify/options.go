package certify

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/structpb"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// addOptions adds the vendor's options for a full customer. The operator's own win.
func (r *run) addOptions(request *enlistv1.CreateCustomerRequest) {
	options, err := r.facts.options(r.Marker)
	if err != nil || options.GetVendorOptions() == nil {
		return
	}
	proto.Merge(options, &enlistv1.CreateCustomerRequest{VendorOptions: request.GetVendorOptions()})
	request.VendorOptions = options.GetVendorOptions()
}

// assignOption sets a text option of the vendor.
func assignOption(request *enlistv1.CreateCustomerRequest, path, text string) error {
	vendor, option, _ := strings.Cut(path, ".")
	given, err := json.Marshal(map[string]any{vendor: map[string]any{option: text}})
	if err != nil {
		return err
	}
	with, err := ReadRequest(given)
	if err == nil {
		proto.Merge(request, with)
	}
	return err
}

// compareOptions compares the vendor's options in a request with members of the same name in the
// vendor's record. It says nothing about an option whose name the record does not have.
func (r *run) compareOptions(c *check, request *enlistv1.CreateCustomerRequest, record *structpb.Struct) {
	for _, support := range r.description.Fields.Support() {
		path, name := support.GetPath(), support.GetWireField()
		name = name[strings.LastIndex(name, ".")+1:]
		if strings.HasPrefix(path, "customer.") || !isGivenIn(request, path) || support.GetTransformation() == "VENDOR_CODE" {
			continue
		}
		sent := optionText(request, path)
		held := membersNamed(structpb.NewStructValue(record), name)
		if sent == "" || len(held) == 0 || slices.ContainsFunc(held, func(text string) bool { return sameOption(sent, text) }) {
			continue
		}
		c.differ(Difference{Kind: OtherForm, Field: path, Member: name, Sent: sent, Held: held[0], Note: "The option came back changed when it is read."})
		c.fail("%s came back changed", path)
	}
}

// isGivenIn reports whether a request has a field.
func isGivenIn(request *enlistv1.CreateCustomerRequest, path string) bool {
	return (&run{Settings: Settings{Request: request}}).isGiven(path)
}

// optionText returns the text of a scalar option or a date, or "".
func optionText(request *enlistv1.CreateCustomerRequest, path string) string {
	message := request.ProtoReflect()
	names := strings.Split(path, ".")
	for i, name := range names {
		field := message.Descriptor().Fields().ByName(protoreflect.Name(name))
		switch {
		case field == nil || field.IsList() || field.IsMap() || field.Enum() != nil:
			return ""
		case field.Message() != nil && field.Message().FullName() == "google.type.Date":
			day := message.Get(field).Message()
			part := func(name protoreflect.Name) int64 { return day.Get(day.Descriptor().Fields().ByName(name)).Int() }
			return fmt.Sprintf("%04d-%02d-%02d", part("year"), part("month"), part("day"))
		case field.Message() != nil:
			message = message.Get(field).Message()
		case i == len(names)-1 && field.Kind() == protoreflect.DoubleKind:
			return strconv.FormatFloat(message.Get(field).Float(), 'f', -1, 64)
		case i == len(names)-1:
			return message.Get(field).String()
		}
	}
	return ""
}

// membersNamed returns the scalar members with a name, at any depth, as texts.
func membersNamed(value *structpb.Value, name string) (texts []string) {
	for member, inner := range value.GetStructValue().GetFields() {
		if member == name {
			switch kind := inner.GetKind().(type) {
			case *structpb.Value_StringValue:
				texts = append(texts, kind.StringValue)
			case *structpb.Value_NumberValue:
				texts = append(texts, strconv.FormatFloat(kind.NumberValue, 'f', -1, 64))
			case *structpb.Value_BoolValue:
				texts = append(texts, strconv.FormatBool(kind.BoolValue))
			}
		}
		texts = append(texts, membersNamed(inner, name)...)
	}
	for _, element := range value.GetListValue().GetValues() {
		texts = append(texts, membersNamed(element, name)...)
	}
	return texts
}

// sameOption reports whether a vendor's text has the value of an option. A date may be milliseconds
// since 1970 in any zone.
func sameOption(sent, held string) bool {
	if sent == held {
		return true
	}
	day, err := time.Parse(time.DateOnly, sent)
	if err != nil {
		return false
	}
	if at, err := strconv.ParseInt(held, 10, 64); err == nil {
		return time.UnixMilli(at).Sub(day).Abs() <= 14*time.Hour
	}
	return strings.HasPrefix(held, sent)
}
