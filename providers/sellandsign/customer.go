package sellandsign

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	sellandsignv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/sellandsign/v1"
	"github.com/enlist-dev/enlist/providers/codes"
)

// customer converts Sell&Sign's record to a customer.
func customer(record *sellandsignv1.Customer) *enlistv1.Customer {
	birthDate, _ := birthDate(record.GetBirthdate())
	customer := &enlistv1.Customer{
		Id:             record.GetNumber(),
		Name:           name(record.GetCivility(), record.GetFirstname(), record.GetLastname()),
		JobTitle:       record.GetJobTitle(),
		Email:          record.GetEmail(),
		Phone:          record.GetPhone(),
		Mobile:         record.GetCellPhone(),
		BillingAddress: address(record),
		BirthDate:      birthDate,
		BirthPlace:     record.GetBirthplace(),
		VendorIds:      map[string]string{},
		CreateTime:     instant(record.GetCreationDate()),
		Source:         enlistv1.RecordSource_RECORD_SOURCE_VENDOR,
	}
	if record.GetCompanyName() != "" || record.GetRegistrationNumber() != "" {
		customer.Organization = &enlistv1.Organization{Name: record.GetCompanyName(), RegistrationNumber: record.GetRegistrationNumber()}
	}
	if id := record.GetActorId(); id != 0 {
		customer.VendorIds["actor_id"] = strconv.FormatInt(id, 10)
	}
	if code := record.GetCustomerCode(); code != "" {
		customer.VendorIds["customer_code"] = code
	}
	return customer
}

func name(title, given, family string) *enlistv1.PersonName {
	if title == "" && given == "" && family == "" {
		return nil
	}
	return &enlistv1.PersonName{Title: title, GivenName: given, FamilyName: family}
}

// located is a record with an address.
type located interface {
	GetAddress_1() string
	GetAddress_2() string
	GetPostalCode() string
	GetCity() string
	GetCountry() string
}

func address(record located) *enlistv1.Address {
	lines := []string{record.GetAddress_1(), record.GetAddress_2()}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	country := cmp.Or(codes.CountryOfM49(record.GetCountry()), codes.CountryIn(record.GetCountry()), record.GetCountry())
	if len(lines) == 0 && record.GetCity() == "" && record.GetPostalCode() == "" && country == "" {
		return nil
	}
	return &enlistv1.Address{Lines: lines, City: record.GetCity(), PostalCode: record.GetPostalCode(), CountryCode: country}
}

const (
	firstYear = 1
	lastYear  = 9999
)

// instant converts milliseconds since 1970 to a time. It returns nil for 0.
func instant(milliseconds int64) *timestamppb.Timestamp {
	at := time.UnixMilli(milliseconds)
	if milliseconds <= 0 || at.Year() > lastYear {
		return nil
	}
	return timestamppb.New(at)
}

// birthDate parses a date of birth: milliseconds since 1970 with -1 for none, or a text that starts
// with yyyy-MM-dd, because the form is an assumption. It returns nil for none, and reports whether
// the value is one of these.
func birthDate(value *structpb.Value) (day *date.Date, isReadable bool) {
	var milliseconds float64
	switch kind := value.GetKind().(type) {
	case nil, *structpb.Value_NullValue:
		return nil, true
	case *structpb.Value_NumberValue:
		milliseconds = kind.NumberValue
	case *structpb.Value_StringValue:
		text := strings.TrimSpace(kind.StringValue)
		if text == "" {
			return nil, true
		}
		if len(text) >= len(time.DateOnly) {
			if day, err := time.Parse(time.DateOnly, text[:len(time.DateOnly)]); err == nil {
				return dateOf(day)
			}
		}
		var err error
		if milliseconds, err = strconv.ParseFloat(text, 64); err != nil {
			return nil, false
		}
	default:
		return nil, false
	}
	const most = 1e15 // later than every date of the contract
	if milliseconds == -1 {
		return nil, true
	}
	if !(milliseconds > -most && milliseconds < most) {
		return nil, false
	}
	// Enlist sends midnight UTC. Another client may have stored midnight in its own zone. The
	// nearest midnight is right for both.
	return dateOf(time.UnixMilli(int64(milliseconds)).UTC().Add(12 * time.Hour))
}

// dateOf returns the date of a time. It reports whether the contract can represent it.
func dateOf(day time.Time) (*date.Date, bool) {
	if day.Year() < firstYear || day.Year() > lastYear {
		return nil, false
	}
	return &date.Date{Year: int32(day.Year()), Month: int32(day.Month()), Day: int32(day.Day())}, true //nolint:gosec // bounded just here
}
