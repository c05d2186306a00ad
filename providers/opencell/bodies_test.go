package opencell_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/providertest"
)

// bodies checks bodies with the table of Opencell's names. It records their names and enum values,
// as "Dto.name" and "Dto.name=VALUE".
type bodies struct {
	table *dtoTable
	has   map[string]bool
}

// object returns what Opencell would refuse in an object, as "path: why".
func (b *bodies) object(path, dto string, object map[string]any) []string {
	var wrong []string
	for _, name := range slices.Sorted(maps.Keys(object)) {
		kind, known := b.table.Request[dto][name]
		if !known {
			wrong = append(wrong, path+name+": "+dto+" has no such name")
			continue
		}
		b.has[dto+"."+name] = true
		if values, isEnum := strings.CutPrefix(kind, "enum "); isEnum {
			text, _ := object[name].(string)
			b.has[dto+"."+name+"="+text] = true
			if !slices.Contains(strings.Split(values, " | "), text) {
				wrong = append(wrong, fmt.Sprintf("%s%s: %q is none of %s", path, name, text, values))
			}
			continue
		}
		wrong = append(wrong, b.value(path+name, kind, object[name])...)
	}
	return wrong
}

func (b *bodies) value(path, kind string, value any) []string {
	if element, isList := strings.CutPrefix(kind, "list of "); isList {
		list, ok := value.([]any)
		if !ok {
			return []string{path + ": is no list"}
		}
		var wrong []string
		for i, item := range list {
			wrong = append(wrong, b.value(fmt.Sprintf("%s[%d]", path, i), element, item)...)
		}
		return wrong
	}
	object, isObject := value.(map[string]any)
	if element, isMap := strings.CutPrefix(kind, "map of "); isMap && isObject {
		var wrong []string
		for key, entry := range object {
			wrong = append(wrong, b.value(path+"."+key, element, entry)...)
		}
		return wrong
	}
	text, isText := value.(string)
	number, isNumber := value.(json.Number)
	_, isBool := value.(bool)
	_, notDate := time.Parse(time.DateOnly, text)
	_, notWhole := number.Int64()
	fits := map[string]bool{
		"String": isText, "Date": isText && notDate == nil, "Boolean": isBool, "boolean": isBool, "Double": isNumber, "BigDecimal": isNumber,
		"Long": isNumber && notWhole == nil, "Integer": isNumber && notWhole == nil, "Object": isText || isNumber || isBool,
	}
	switch is, isScalar := fits[kind]; {
	case isScalar && is:
		return nil
	case isScalar || !isObject:
		return []string{fmt.Sprintf("%s: %v is no %s", path, value, kind)}
	}
	return b.object(path+".", kind, object)
}

// variants returns a request for each value of each enum, of each text with a list of values, and
// of each Boolean in the options of a request.
func variants(provider providers.Provider, whole *enlistv1.CreateCustomerRequest) []*enlistv1.CreateCustomerRequest {
	listed := map[string][]string{}
	for _, field := range provider.Describe().Fields.Support() {
		if values, isList := strings.CutPrefix(field.GetPattern(), "^("); isList {
			listed[field.GetPath()] = strings.Split(strings.TrimSuffix(values, ")$"), "|")
		}
	}
	var all []*enlistv1.CreateCustomerRequest
	var walk func(message protoreflect.Message, path string)
	walk = func(message protoreflect.Message, path string) {
		message.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
			at := path + string(field.Name())
			try := func(changed protoreflect.Value) {
				message.Set(field, changed)
				all = append(all, proto.CloneOf(whole))
				message.Set(field, value)
			}
			switch {
			case field.IsList() && field.Message() != nil:
				for i := range value.List().Len() {
					walk(value.List().Get(i).Message(), at+"[*].")
				}
			case field.IsList() || field.IsMap():
			case field.Enum() != nil:
				for i := 1; i < field.Enum().Values().Len(); i++ {
					try(protoreflect.ValueOfEnum(field.Enum().Values().Get(i).Number()))
				}
			case field.Message() != nil:
				walk(value.Message(), at+".")
			case field.Kind() == protoreflect.BoolKind:
				try(protoreflect.ValueOfBool(!value.Bool()))
			case at == "opencell.crm_account_type":
				for _, accountType := range strings.Fields("S S_C C S_CA C_CA CA S_BA C_BA CA_BA BA S_UA C_UA CA_UA BA_UA UA") {
					try(protoreflect.ValueOfString(accountType))
				}
			default:
				for _, value := range listed[at] {
					try(protoreflect.ValueOfString(value))
				}
			}
			return true
		})
	}
	walk(whole.GetOpencell().ProtoReflect(), "opencell.")
	return all
}

// takes reports whether the newest Opencell accepts the payment methods of a request. A scalar has
// no room for details, PayPal and Stripe belong to older versions, and a card needs its number.
func takes(create *enlistv1.CreateCustomerRequest) bool {
	short := func(method enlistv1.OpencellPaymentMethod) string {
		return strings.TrimPrefix(method.String(), "OPENCELL_PAYMENT_METHOD_")
	}
	isRefused := func(method *enlistv1.OpencellPaymentMethodDetails) bool {
		kind := short(method.GetPaymentMethodType())
		return kind == "PAYPAL" || kind == "STRIPE" || kind == "CARD" && method.GetCardNumber() == ""
	}
	scalar := short(create.GetOpencell().GetPaymentMethod())
	return slices.Contains(append(scalars(), "UNSPECIFIED"), scalar) && !slices.ContainsFunc(create.GetOpencell().GetPaymentMethods(), isRefused)
}

// Opencell can read every body that Enlist sends, with each option at each of its values. Together
// the bodies have every name and enum value that Enlist can send.
func TestBodiesOfEveryOption(t *testing.T) {
	provider, sent := vendor(t, nil, nil), requestNames(t)
	checked := &bodies{table: sent.table, has: map[string]bool{}}
	tried := 0
	for _, whole := range full(t) {
		for _, create := range append(variants(provider, whole), whole) {
			create.RequestId, create.ValidateOnly = requestID, true
			preview, err := providertest.Create(t.Context(), provider, create)
			if (err == nil) != takes(create) {
				t.Errorf("%v: %v", create.GetOpencell(), err)
			}
			if err != nil {
				continue
			}
			tried++
			body := map[string]any{}
			decoder := json.NewDecoder(strings.NewReader(preview.GetVendorRequest().GetBody()))
			decoder.UseNumber()
			if err := decoder.Decode(&body); err != nil {
				t.Fatal(err)
			}
			if wrong := checked.object("", "CRMAccountHierarchyDto", body); len(wrong) > 0 {
				t.Errorf("Opencell refuses %q", wrong)
			}
		}
	}
	if tried < 80 {
		t.Errorf("only %d bodies were checked", tried)
	}
	for name := range sent.has {
		if !checked.has[name] {
			t.Errorf("no body has %s", name)
		}
		dto, member, _ := strings.Cut(name, ".")
		values, isEnum := strings.CutPrefix(sent.table.Request[dto][member], "enum ")
		if name == "CRMAccountHierarchyDto.paymentMethod" {
			values = strings.Join(scalars(), " | ")
		}
		for value := range strings.SplitSeq(values, " | ") {
			if isEnum && !checked.has[name+"="+value] {
				t.Errorf("no body has %s at %s", name, value)
			}
		}
	}
}
