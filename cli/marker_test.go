package cli_test

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// marked is part of every text in a personal or secret field, in upper or lower case. The rest of
// the text names the field. marked is as long as the shortest field allows, so that random bytes
// rarely equal it.
const marked = "zqx7w"

// picture is a file with a mark in it, behind the signature of a PNG.
const picture = "\x89PNG\r\n\x1a\n" + marked + marked

// markers returns all forms in which a mark may appear.
func markers() []string {
	// This is the text of both marks without the first letter.
	inBase64 := base64.StdEncoding.EncodeToString([]byte(picture))[12:24]
	return []string{marked, "zqx7frpp", "fr76zqx7", "555014273", "1913-07-19", "19130719", "19/07/1913", "-1781654400", "12.3456789", inBase64}
}

// marker fills requests with marks. Each creation is for a different customer.
type marker struct {
	provider string
	vendor   string // the field of its options
	number   int
	invalid  bool // whether every text is too long
	plain    bool // whether creations set only fields that every vendor takes, and no references that no vendor has
}

// fill marks every personal or secret field of a request, and sets the required fields.
func (m *marker) fill(request protoreflect.Message) {
	m.number++
	m.message(request, false)
	set := func(name protoreflect.Name, value string) {
		if field := request.Descriptor().Fields().ByName(name); field != nil {
			request.Set(field, protoreflect.ValueOfString(value))
		}
	}
	set("provider", m.provider)
	if request.Descriptor().Name() != "ListOperationsRequest" {
		set("request_id", uuid.NewString())
	}
	if create, ok := request.Interface().(*enlistv1.CreateCustomerRequest); ok {
		create.UnsupportedFields = enlistv1.UnsupportedFields_UNSUPPORTED_FIELDS_DROP
		create.IncludeVendorRecord = true
		create.Customer.CurrencyCode, create.Customer.LanguageCode = "EUR", "fr"
		if m.plain {
			create.VendorOptions, create.Customer.Properties = nil, nil
		}
		if create.GetProvider() == "avvio" {
			create.VendorOptions = &enlistv1.CreateCustomerRequest_Avvio{Avvio: &enlistv1.AvvioOptions{Password: marked + "password"}}
			create.Customer.Id = "" // the vendor sets it
		}
	}
	switch request := request.Interface().(type) {
	case *enlistv1.GetCustomerRequest:
		request.IncludeVendorRecord, request.IncludeDrift = true, true
	case *enlistv1.ResolveOperationRequest:
		request.Decision = enlistv1.Decision_DECISION_SUCCEEDED
	}
}

func (m *marker) message(message protoreflect.Message, personal bool) {
	fields := message.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		if oneof := field.ContainingOneof(); oneof != nil && !oneof.IsSynthetic() && message.WhichOneof(oneof) != nil {
			continue
		}
		if oneof := field.ContainingOneof(); oneof != nil && oneof.Name() == "vendor_options" && string(field.Name()) != m.vendor {
			continue
		}
		whole := personal || isPersonal(field)
		switch {
		case field.IsMap():
			if whole {
				text := m.text(field)
				message.Mutable(field).Map().Set(protoreflect.ValueOfString(text+"key").MapKey(), protoreflect.ValueOfString(text))
			}
		case field.Message() != nil && field.IsList():
			if whole {
				m.message(message.Mutable(field).List().AppendMutable().Message(), true)
			}
		case field.Message() != nil && strings.HasPrefix(string(field.Message().FullName()), "google.protobuf."):
		case field.Message() != nil:
			if whole || field.Message().FullName() != "google.type.Date" {
				m.message(message.Mutable(field).Message(), whole)
			}
		case !whole:
		case field.IsList():
			message.Mutable(field).List().Append(m.value(field))
		default:
			message.Set(field, m.value(field))
		}
	}
}

// value returns a mark for a field that is not a message.
func (m *marker) value(field protoreflect.FieldDescriptor) protoreflect.Value {
	switch field.Kind() {
	case protoreflect.StringKind:
		return protoreflect.ValueOfString(m.text(field))
	case protoreflect.BytesKind:
		return protoreflect.ValueOfBytes([]byte(picture))
	case protoreflect.DoubleKind:
		return protoreflect.ValueOfFloat64(12.3456789)
	case protoreflect.BoolKind:
		return protoreflect.ValueOfBool(true)
	case protoreflect.EnumKind:
		return protoreflect.ValueOfEnum(1)
	case protoreflect.Int32Kind:
		return protoreflect.ValueOfInt32(map[protoreflect.Name]int32{"year": 1913, "month": 7, "day": 19, "month_expiration": 7, "year_expiration": 30}[field.Name()])
	default:
		return field.Default()
	}
}

// text returns a mark in the form that a text field takes.
func (m *marker) text(field protoreflect.FieldDescriptor) string {
	name := strings.ReplaceAll(string(field.Name()), "_", "")
	if m.invalid {
		return strings.Repeat(marked+name, 1000)
	}
	switch field.Name() {
	case "email", "billing_email", "cced_emails":
		return fmt.Sprintf("%s%s%d@%s.example", marked, name, m.number, marked)
	case "phone", "mobile", "fax":
		return "+33555014273" + fmt.Sprint(len(name))
	case "iban":
		return "FR76ZQX7" + strings.Repeat("0", 10)
	case "card_number":
		return "5550142730000000"
	case "issue_number":
		return marked + "issue"
	case "bic":
		return "ZQX7FRPP"
	case "country_code":
		return "FR"
	case "title":
		return "Mr"
	case "filename":
		return marked + ".png"
	case "id", "customer_id":
		return fmt.Sprintf("%sid%d", marked, m.number)
	default:
		return marked + name
	}
}

func isPersonal(field protoreflect.FieldDescriptor) bool {
	options, _ := field.Options().(*descriptorpb.FieldOptions)
	personal, _ := proto.GetExtension(options, enlistv1.E_Personal).(bool)
	return personal || options.GetDebugRedact()
}
