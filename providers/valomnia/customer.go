package valomnia

import (
	"strconv"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	valomniav1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/valomnia/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/codes"
)

// planned returns the customer that the request would write.
func planned(request *enlistv1.CreateCustomerRequest, form *valomniav1.CustomerForm, fates []*enlistv1.FieldFate) *enlistv1.Customer {
	customer := providers.WithoutDropped(request, fates)
	customer.Id = form.GetReference()
	customer.Source = enlistv1.RecordSource_RECORD_SOURCE_JOURNAL
	return customer
}

// customer converts Valomnia's record to a customer.
func customer(record *valomniav1.CustomerRecord) *enlistv1.Customer {
	customer := &enlistv1.Customer{
		Id:           record.GetReference(),
		DisplayName:  record.GetName(),
		Email:        record.GetEmail(),
		Phone:        record.GetPhone(),
		Mobile:       record.GetMobile(),
		Fax:          record.GetFax(),
		Website:      record.GetWebsite(),
		Comment:      record.GetComment(),
		Category:     record.GetCategoryReference(),
		CurrencyCode: record.GetCurrency(),
		BillingAddress: address(&enlistv1.Address{
			City: record.GetBillingCity(), PostalCode: record.GetBillingPostalCode(), CountryCode: codes.CountryIn(record.GetBillingCountry()),
			Latitude: record.BillingLat, Longitude: record.BillingLng,
		}, record.GetBillingAddress()),
		VendorIds:  vendorIDs(record),
		CreateTime: instant(record.GetDateCreated()),
		UpdateTime: instant(record.GetLastUpdated()),
		Source:     enlistv1.RecordSource_RECORD_SOURCE_VENDOR,
	}
	if !record.GetIsSameAddress() {
		customer.ShippingAddress = address(&enlistv1.Address{
			City: record.GetCity(), PostalCode: record.GetPostalCode(), CountryCode: codes.CountryIn(record.GetCountry()),
			Latitude: record.Latitude, Longitude: record.Longitude,
		}, record.GetAddress())
	}
	if record.GetTaxNumber() != "" || record.GetCompanyRegistrationNumber() != "" {
		customer.Organization = &enlistv1.Organization{
			VatNumber: record.GetTaxNumber(), RegistrationNumber: record.GetCompanyRegistrationNumber(),
		}
	}
	return customer
}

// address returns the address with the street as one line. It returns nil if the address is empty.
func address(address *enlistv1.Address, street string) *enlistv1.Address {
	if street != "" {
		address.Lines = []string{street}
	}
	if proto.Size(address) == 0 {
		return nil
	}
	return address
}

// vendorIDs returns Valomnia's numbers of the customer and of the objects that it refers to, and
// the caller's other references.
func vendorIDs(record *valomniav1.CustomerRecord) map[string]string {
	parent, _ := parentID(record.GetParentCustomer())
	ids := map[string]string{}
	for name, id := range map[string]int64{
		"customer_id":              record.GetId(),
		"category_id":              record.GetCustomerCategory().GetId(),
		"customer_segmentation_id": record.GetCustomerSegmentation().GetId(),
		"region_id":                record.GetRegion().GetId(),
		"user_id":                  record.GetCreatedBy().GetUserId(),
	} {
		if id != 0 {
			ids[name] = strconv.FormatInt(id, 10)
		}
	}
	for name, id := range map[string]string{
		"parent_customer_id": parent,
		"reference2":         record.GetReference2(),
		"barcode":            record.GetBarcode(),
	} {
		if id != "" {
			ids[name] = id
		}
	}
	return ids
}

// parentID returns the parent's number, from an object or from a bare id. It returns "" for none,
// and reports whether it can read the value.
func parentID(parent *structpb.Value) (id string, isReadable bool) {
	if object := parent.GetStructValue(); object != nil {
		if parent = object.GetFields()["id"]; parent == nil {
			return "", false
		}
	}
	switch kind := parent.GetKind().(type) {
	case nil, *structpb.Value_NullValue:
		return "", true
	case *structpb.Value_NumberValue:
		return strconv.FormatFloat(kind.NumberValue, 'f', -1, 64), true
	case *structpb.Value_StringValue:
		return kind.StringValue, true
	}
	return "", false
}

// instant parses a time, whose zone is Z, +00:00 or +0000. It returns nil for any other text.
func instant(text string) *timestamppb.Timestamp {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05Z0700"} {
		if at, err := time.Parse(layout, text); err == nil {
			return timestamppb.New(at)
		}
	}
	return nil
}
