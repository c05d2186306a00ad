package server

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/rules"
)

func validCreate() *enlistv1.CreateCustomerRequest {
	return &enlistv1.CreateCustomerRequest{Provider: "opencell", Customer: &enlistv1.Customer{DisplayName: "x"}}
}

// The rules that no annotation can express.
func TestCheck(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*enlistv1.CreateCustomerRequest)
		want   string // path of the one violation; "" for none
	}{
		"valid":            {func(*enlistv1.CreateCustomerRequest) {}, ""},
		"a field of later": {func(r *enlistv1.CreateCustomerRequest) { addUnknown(r, 900) }, "900"},
		"a field of later, deep": {func(r *enlistv1.CreateCustomerRequest) {
			r.Customer.Name = &enlistv1.PersonName{FamilyName: "x"}
			addUnknown(r.Customer.Name, 901)
		}, "customer.name.901"},
		"a field of later, in a list": {func(r *enlistv1.CreateCustomerRequest) {
			field := &enlistv1.OpencellCustomField{Code: "x", Value: &enlistv1.OpencellCustomField_LongValue{LongValue: 1}}
			addUnknown(field, 902)
			r.VendorOptions = &enlistv1.CreateCustomerRequest_Opencell{Opencell: &enlistv1.OpencellOptions{CustomFields: []*enlistv1.OpencellCustomField{field}}}
		}, "opencell.custom_fields[0].902"},
		"not a number": {func(r *enlistv1.CreateCustomerRequest) {
			r.Customer.BillingAddress = &enlistv1.Address{Latitude: proto.Float64(math.NaN())}
		}, "customer.billing_address.latitude"},
		"infinite": {func(r *enlistv1.CreateCustomerRequest) {
			r.VendorOptions = &enlistv1.CreateCustomerRequest_Valomnia{Valomnia: &enlistv1.ValomniaOptions{CreditLimit: proto.Float64(math.Inf(1))}}
		}, "valomnia.credit_limit"},
		"born in the future": {func(r *enlistv1.CreateCustomerRequest) {
			r.Customer.BirthDate = &date.Date{Year: 9999, Month: 1, Day: 1}
		}, "customer.birth_date"},
		"born on leap day": {func(r *enlistv1.CreateCustomerRequest) {
			r.Customer.BirthDate = &date.Date{Year: 2000, Month: 2, Day: 29}
		}, ""},
		"no leap year": {func(r *enlistv1.CreateCustomerRequest) {
			r.Customer.BirthDate = &date.Date{Year: 1900, Month: 2, Day: 29}
		}, "customer.birth_date"},
		"a year only": {func(r *enlistv1.CreateCustomerRequest) { r.Customer.BirthDate = &date.Date{Year: 1990} }, "customer.birth_date"},
	} {
		t.Run(name, func(t *testing.T) {
			request := validCreate()
			c.change(request)
			err := check(t.Context(), request, nil)
			var known *providers.Error
			switch {
			case c.want == "" && err != nil:
				t.Errorf("got %v", err)
			case c.want == "":
			case !errors.As(err, &known) || len(known.Violations) != 1 || known.Violations[0].Path != c.want:
				t.Errorf("got %+v, want one violation at %s", err, c.want)
			}
		})
	}
}

// A violation names the field and the character. It never repeats the value.
func TestCheckControlCharacters(t *testing.T) {
	request := validCreate()
	request.Customer.DisplayName, request.Customer.Comment = "secret\x00", "secret\n\x1b"
	request.Customer.Properties = map[string]string{"k\x00": "secret"}
	var known *providers.Error
	if err := check(t.Context(), request, nil); !errors.As(err, &known) {
		t.Fatal(err)
	}
	want := []rules.Violation{
		{Path: "customer.display_name", Description: "must not contain control characters (U+0000)"},
		{Path: "customer.comment", Description: "must not contain control characters other than line breaks and tabs (U+001B)"},
		{Path: `customer.properties["k\x00"]`, Description: "must not contain control characters (U+0000)"},
	}
	if !slices.Equal(known.Violations, want) || strings.Contains(fmt.Sprintf("%+v", known), "secret") {
		t.Errorf("got %+v, want %+v", known, want)
	}
}

// Over gRPC, the runtime refuses texts that are not UTF-8, also in maps.
func TestMapsAreUTF8(t *testing.T) {
	for _, properties := range []map[string]string{{"\xff": "x"}, {"x": "\xff"}} {
		entry := []byte{}
		for key, value := range properties {
			entry = protowire.AppendString(protowire.AppendTag(entry, 1, protowire.BytesType), key)
			entry = protowire.AppendString(protowire.AppendTag(entry, 2, protowire.BytesType), value)
		}
		wire := protowire.AppendBytes(protowire.AppendTag(nil, 19, protowire.BytesType), entry)
		if err := proto.Unmarshal(wire, &enlistv1.Customer{}); err == nil {
			t.Errorf("%q: no error", properties)
		}
	}
}

// The largest body may break a rule everywhere. The time to check it must grow with its size, not
// with the square of its size.
func TestCheckManyViolations(t *testing.T) {
	fields := make([]*enlistv1.OpencellCustomField, 50_000)
	for i := range fields {
		fields[i] = &enlistv1.OpencellCustomField{Code: "x", Value: &enlistv1.OpencellCustomField_DateValue{DateValue: &date.Date{}}}
	}
	request := validCreate()
	request.Customer.BillingAddress = &enlistv1.Address{Lines: make([]string, 150_000)}
	request.VendorOptions = &enlistv1.CreateCustomerRequest_Opencell{Opencell: &enlistv1.OpencellOptions{CustomFields: fields}}
	start := time.Now()
	var known *providers.Error
	if err := check(t.Context(), request, nil); !errors.As(err, &known) || len(known.Violations) != 200_002 {
		t.Errorf("%.200v", err)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}

func addUnknown(message proto.Message, number protowire.Number) {
	unknown := protowire.AppendTag(nil, number, protowire.VarintType)
	message.ProtoReflect().SetUnknown(protowire.AppendVarint(unknown, 1))
}

// The documented sample, with the cost of each creation: the annotations alone, and all checks.
func BenchmarkCheck(b *testing.B) {
	request := &enlistv1.CreateCustomerRequest{
		Provider: "opencell", RequestId: "0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11",
		Customer: &enlistv1.Customer{
			Id: "CLASSIC-C00", DisplayName: "John Smith", Name: &enlistv1.PersonName{Title: "Mr", GivenName: "John", FamilyName: "Smith"},
			Email: "qa@opencellsoft.com", Mobile: "+33123546789", LanguageCode: "fr", CurrencyCode: "EUR", Category: "CLIENT",
			BillingAddress: &enlistv1.Address{Lines: []string{"673 Eugene Points"}, PostalCode: "92136", City: "New Taryn", CountryCode: "FR"},
		},
	}
	b.Run("annotations", func(b *testing.B) {
		for b.Loop() {
			if err := request.ValidateAll(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("all", func(b *testing.B) {
		for b.Loop() {
			if err := check(b.Context(), request, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
