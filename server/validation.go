package server

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/codes"
	"github.com/enlist-dev/enlist/providers/rules"
)

// check tests a request against the rules of the contract. It begins with the rules in the
// annotations. Then it tests the rules that no annotation can express: control characters,
// existing codes, complete dates, finite numbers, and a name. For an unknown provider, it lists
// the known names.
func check(ctx context.Context, message proto.Message, connected connections) error {
	findings := rules.Inspect(message)
	create, isCreate := message.(*enlistv1.CreateCustomerRequest)
	broken := rules.Check(message)
	if len(broken) > 0 && isCreate {
		broken = slices.DeleteFunc(broken, func(violation rules.Violation) bool {
			return violation.Path == "customer.email" && isInternationalized(create.GetCustomer().GetEmail())
		})
	}
	found := violations{all: append(findings.Unknown, broken...)}
	found.addAll(findings.Text)
	if named, ok := message.(interface{ GetRequestId() string }); ok && named.GetRequestId() == nilUUID {
		found.add("request_id", "must not be the nil UUID. Generate a random UUID")
	}
	if isCreate {
		checkCreate(create, findings.Impossible, &found)
	}
	if len(found.all) == 0 {
		return nil
	}
	for i := range found.all {
		if found.all[i].Path == "provider" {
			found.all[i].Description += ". Use one of: " + strings.Join(connected.names(ctx), ", ")
		}
	}
	return providers.Invalid(found.all...)
}

// nilUUID is the value of an unset UUID variable. All callers who forget to set it would share a
// request_id.
var nilUUID = uuid.Nil.String() //nolint:gochecknoglobals // a constant

// isInternationalized reports whether an address breaks the annotation's rule only by the letters
// of its domain. The rule takes ASCII domains.
func isInternationalized(address string) bool {
	sent, err := providers.SentEmail(address)
	return err == nil && sent != address && (&enlistv1.Customer{Email: sent}).Validate() == nil
}

// violations collects the problems of a request.
type violations struct {
	all   []rules.Violation
	named map[string]bool // all paths so far; nil until the first add
}

// add adds a violation, unless its field already has one.
func (v *violations) add(path, description string) {
	if v.named == nil {
		v.named = make(map[string]bool, len(v.all)+1)
		for _, violation := range v.all {
			v.named[violation.Path] = true
		}
	}
	if !v.named[path] {
		v.named[path] = true
		v.all = append(v.all, rules.Violation{Path: path, Description: description})
	}
}

func (v *violations) addAll(found []rules.Violation) {
	for _, violation := range found {
		v.add(violation.Path, violation.Description)
	}
}

// checkCreate adds the violations that only a create request can have.
func checkCreate(request *enlistv1.CreateCustomerRequest, impossible []rules.Violation, found *violations) {
	checkCode := func(path, code string, check func(string) error) {
		if code == "" {
			return
		}
		if err := check(code); err != nil {
			found.add(path, err.Error())
		}
	}
	customer := request.GetCustomer()
	if customer != nil && customer.GetName() == nil && customer.GetDisplayName() == "" && customer.GetOrganization().GetName() == "" {
		found.add("customer.name", "must be set, or customer.display_name, or customer.organization.name")
	}
	checkCode("customer.email", customer.GetEmail(), func(address string) error {
		_, err := providers.SentEmail(address)
		return err
	})
	checkCode("customer.billing_address.country_code", customer.GetBillingAddress().GetCountryCode(), codes.CheckCountry)
	checkCode("customer.shipping_address.country_code", customer.GetShippingAddress().GetCountryCode(), codes.CheckCountry)
	checkCode("customer.currency_code", customer.GetCurrencyCode(), codes.CheckCurrency)
	checkCode("customer.language_code", customer.GetLanguageCode(), codes.CheckLanguage)
	found.addAll(impossible)
	if birth := customer.GetBirthDate(); birth != nil && codes.Date(birth) > time.Now().AddDate(0, 0, 1).Format(time.DateOnly) {
		found.add("customer.birth_date", "must not be in the future")
	}
}
