package server

import (
	"fmt"
	"math"
	"time"

	"google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/codes"
	"github.com/enlist-dev/enlist/providers/rules"
)

// check tests a request against the rules of the contract: those in the annotations, then those that no annotation can say
// (codes that exist, complete dates, finite numbers, a name).
func check(message proto.Message) error {
	violations := rules.Check(message)
	if create, ok := message.(*enlistv1.CreateCustomerRequest); ok {
		violations = append(violations, checkCreate(create, violations)...)
	}
	if len(violations) == 0 {
		return nil
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

func checkCreate(request *enlistv1.CreateCustomerRequest, found []rules.Violation) []rules.Violation {
	customer := request.GetCustomer()
	var more []rules.Violation
	add := func(path string, err error) {
		for _, there := range found {
			if there.Path == path {
				return
			}
		}
		if err != nil {
			more = append(more, rules.Violation{Path: path, Description: err.Error()})
		}
	}
	if customer != nil && customer.GetName() == nil && customer.GetDisplayName() == "" && customer.GetOrganization().GetName() == "" {
		more = append(more, rules.Violation{
			Path: "customer.name", Description: "must be set, or customer.display_name, or customer.organization.name: a customer needs a name",
			Missing: true,
		})
	}
	for path, address := range map[string]*enlistv1.Address{
		"customer.billing_address": customer.GetBillingAddress(), "customer.shipping_address": customer.GetShippingAddress(),
	} {
		if code := address.GetCountryCode(); code != "" {
			add(path+".country_code", codes.CheckCountry(code))
		}
	}
	if code := customer.GetCurrencyCode(); code != "" {
		add("customer.currency_code", codes.CheckCurrency(code))
	}
	if tag := customer.GetLanguageCode(); tag != "" {
		add("customer.language_code", codes.CheckLanguage(tag))
	}
	if birth := customer.GetBirthDate(); birth != nil && time.Date(int(birth.GetYear()), time.Month(birth.GetMonth()), int(birth.GetDay()), 0, 0, 0, 0, time.UTC).After(time.Now()) {
		add("customer.birth_date", fmt.Errorf("must not be in the future"))
	}
	checkValues(request.ProtoReflect(), "", add)
	return more
}

// checkValues finds dates that are not on the calendar and numbers that are not finite, wherever they stand.
func checkValues(message protoreflect.Message, prefix string, add func(string, error)) {
	message.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		path := prefix + string(field.Name())
		switch {
		case field.IsMap():
		case field.IsList() && field.Message() != nil:
			for i := range value.List().Len() {
				checkValues(value.List().Get(i).Message(), fmt.Sprintf("%s[%d].", path, i), add)
			}
		case field.IsList():
		case field.Message() != nil:
			if day, ok := value.Message().Interface().(*date.Date); ok {
				add(path, checkDate(day))
			} else {
				checkValues(value.Message(), path+".", add)
			}
		case field.Kind() == protoreflect.DoubleKind && (math.IsNaN(value.Float()) || math.IsInf(value.Float(), 0)):
			add(path, fmt.Errorf("must be a finite number"))
		}
		return true
	})
}

func checkDate(day *date.Date) error {
	at := time.Date(int(day.GetYear()), time.Month(day.GetMonth()), int(day.GetDay()), 0, 0, 0, 0, time.UTC)
	if day.GetYear() < 1 || day.GetYear() > 9999 || at.Month() != time.Month(day.GetMonth()) || at.Day() != int(day.GetDay()) {
		return fmt.Errorf("must be a complete date on the calendar, with year (1 to 9999), month and day")
	}
	return nil
}
