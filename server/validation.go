package server

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/codes"
	"github.com/enlist-dev/enlist/providers/rules"
)

// check tests a request against the rules of the contract: those in the annotations, then those that no annotation can say
// (codes that exist, complete dates, finite numbers, a name). What is wrong with a provider's name says which there are.
func check(ctx context.Context, message proto.Message, connected connections) error {
	violations := checkUnknown(nil, message.ProtoReflect(), "")
	violations = append(violations, rules.Check(message)...)
	if create, ok := message.(*enlistv1.CreateCustomerRequest); ok {
		violations = checkCreate(create, violations)
	}
	if len(violations) == 0 {
		return nil
	}
	for i := range violations {
		if violations[i].Path == "provider" {
			violations[i].Description += "; there are " + strings.Join(connected.names(ctx), ", ")
		}
	}
	text := "1 field is not valid: "
	if len(violations) > 1 {
		text = fmt.Sprintf("%d fields are not valid. First: ", len(violations))
	}
	return &providers.Error{
		Reason:     enlistv1.ErrorReason_INVALID_FIELD,
		Message:    text + violations[0].Path + " " + violations[0].Description + ".",
		Violations: violations,
	}
}

// checkUnknown finds fields that a newer contract has and this version does not: to pass over them would drop them silently.
func checkUnknown(found []rules.Violation, message protoreflect.Message, prefix string) []rules.Violation {
	if unknown := message.GetUnknown(); len(unknown) > 0 {
		number, _, _ := protowire.ConsumeTag(unknown)
		found = append(found, rules.Violation{
			Path:        prefix + strconv.Itoa(int(number)),
			Description: "is the number of a field that this version of Enlist does not know; leave it out, or update Enlist",
		})
	}
	message.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		path := prefix + string(field.Name())
		switch {
		case field.Message() == nil || field.IsMap():
		case field.IsList():
			for i := range value.List().Len() {
				found = checkUnknown(found, value.List().Get(i).Message(), fmt.Sprintf("%s[%d].", path, i))
			}
		default:
			found = checkUnknown(found, value.Message(), path+".")
		}
		return true
	})
	return found
}

// checkCreate adds to what was found; a field that breaks a rule already is not named again.
func checkCreate(request *enlistv1.CreateCustomerRequest, found []rules.Violation) []rules.Violation {
	named := make(map[string]bool, len(found))
	for _, violation := range found {
		named[violation.Path] = true
	}
	add := func(path string, err error) {
		if err != nil && !named[path] {
			named[path] = true
			found = append(found, rules.Violation{Path: path, Description: err.Error()})
		}
	}
	checkCode := func(path, code string, check func(string) error) {
		if code != "" {
			add(path, check(code))
		}
	}
	customer := request.GetCustomer()
	if customer != nil && customer.GetName() == nil && customer.GetDisplayName() == "" && customer.GetOrganization().GetName() == "" {
		add("customer.name", errors.New("must be set, or customer.display_name, or customer.organization.name: a customer needs a name"))
	}
	checkCode("customer.billing_address.country_code", customer.GetBillingAddress().GetCountryCode(), codes.CheckCountry)
	checkCode("customer.shipping_address.country_code", customer.GetShippingAddress().GetCountryCode(), codes.CheckCountry)
	checkCode("customer.currency_code", customer.GetCurrencyCode(), codes.CheckCurrency)
	checkCode("customer.language_code", customer.GetLanguageCode(), codes.CheckLanguage)
	checkValues(request.ProtoReflect(), "", add)
	if birth := customer.GetBirthDate(); birth != nil && codes.Date(birth) > time.Now().AddDate(0, 0, 1).Format(time.DateOnly) {
		add("customer.birth_date", errors.New("must not be in the future"))
	}
	return found
}

// checkValues finds dates that are not on the calendar and numbers that are not finite, wherever they stand.
func checkValues(message protoreflect.Message, prefix string, add func(string, error)) {
	fields := message.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		if !message.Has(field) || field.IsMap() {
			continue
		}
		path, value := prefix+string(field.Name()), message.Get(field)
		switch {
		case field.IsList() && field.Message() != nil:
			for j := range value.List().Len() {
				checkValues(value.List().Get(j).Message(), fmt.Sprintf("%s[%d].", path, j), add)
			}
		case field.IsList():
		case field.Message() != nil:
			if day, ok := value.Message().Interface().(*date.Date); ok {
				add(path, checkDate(day))
			} else {
				checkValues(value.Message(), path+".", add)
			}
		case field.Kind() == protoreflect.DoubleKind && (math.IsNaN(value.Float()) || math.IsInf(value.Float(), 0)):
			add(path, errors.New("must be a finite number"))
		}
	}
}

func checkDate(day *date.Date) error {
	at := time.Date(int(day.GetYear()), time.Month(day.GetMonth()), int(day.GetDay()), 0, 0, 0, 0, time.UTC)
	if day.GetYear() < 1 || day.GetYear() > 9999 || at.Month() != time.Month(day.GetMonth()) || at.Day() != int(day.GetDay()) {
		return errors.New("must be a complete date on the calendar, with year (1 to 9999), month and day")
	}
	return nil
}
