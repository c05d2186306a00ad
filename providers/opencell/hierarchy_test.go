package opencell_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers/providertest"
	"github.com/enlist-dev/enlist/providers/registry"
)

// Opencell responds to an unknown account type with 500 and no errorCode, so Enlist refuses the
// type before it sends.
func TestAccountTypes(t *testing.T) {
	own := strings.Fields("S S_C C S_CA C_CA CA S_BA C_BA CA_BA BA S_UA C_UA CA_UA BA_UA UA")
	configured := settings("http://127.0.0.1:1")
	configured.CustomAccountTypes = []string{"OWN_MODEL"}
	provider, err := connect(configured, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	for _, accountType := range slices.Concat(own, []string{"", "OWN_MODEL"}) {
		create := adopting(t)
		create.VendorOptions = &enlistv1.CreateCustomerRequest_Opencell{Opencell: &enlistv1.OpencellOptions{CrmAccountType: accountType}}
		if _, err := provider.Prepare(create); err != nil {
			t.Errorf("%q: %v", accountType, err)
		}
	}
	for _, accountType := range []string{"UA_C", "c_ua", " C_UA", "C_UA ", "C-UA", "own_model", "OTHER_MODEL"} {
		create := adopting(t)
		create.VendorOptions = &enlistv1.CreateCustomerRequest_Opencell{Opencell: &enlistv1.OpencellOptions{CrmAccountType: accountType}}
		_, err := provider.Prepare(create)
		violations := providertest.Fails(t, err, enlistv1.ErrorReason_INVALID_FIELD).Violations
		if len(violations) != 1 || violations[0].Path != "opencell.crm_account_type" || !strings.Contains(violations[0].Description, "custom_account_types") ||
			!strings.Contains(violations[0].Description, strings.Join(own, ", ")) || strings.Contains(violations[0].Description, accountType+" ") {
			t.Errorf("%q: violations %+v", accountType, violations)
		}
	}
}

// An unknown default would make every create request fail, so Enlist refuses the provider at
// start-up.
func TestDefaultAccountType(t *testing.T) {
	configured := settings("http://127.0.0.1:1")
	configured.Defaults.CrmAccountType = "OTHER_MODEL"
	configs := []*configv1.Provider{{Name: "opencell", Vendor: &configv1.Provider_Opencell{Opencell: configured}}}
	if _, err := registry.New(configs); err == nil || !strings.HasPrefix(err.Error(), "providers[0].opencell.defaults.crm_account_type must be one of S, S_C, ") ||
		!strings.Contains(err.Error(), "custom_account_types") {
		t.Errorf("got %v", err)
	}
	configured.CustomAccountTypes = []string{"OTHER_MODEL"}
	if _, err := registry.New(configs); err != nil {
		t.Error(err)
	}
}

// Opencell requires a family name with a title, so Enlist refuses a title without one before it
// sends. A default title is not sent for a customer without a name.
func TestTitleNeedsFamilyName(t *testing.T) {
	title := func(own *configv1.Opencell) { own.Defaults.TitleCode = "MR" }
	none := func(*configv1.Opencell) {}
	for name, test := range map[string]struct {
		customer, options string
		settings          func(*configv1.Opencell)
		accepted          bool
	}{
		"a title":                         {`"name":{"title":"Mr.","givenName":"J"},`, `{}`, none, false},
		"a title alone":                   {`"name":{"title":"Mr."},`, `{}`, none, false},
		"the option":                      {`"name":{"givenName":"J"},`, `{"titleCode":"MR"}`, none, false},
		"the setting":                     {`"name":{"givenName":"J"},`, `{}`, title, false},
		"no title":                        {`"name":{"givenName":"J"},`, `{}`, none, true},
		"with a family name":              {`"name":{"title":"Mr.","familyName":"Smith"},`, `{}`, none, true},
		"the setting and a family name":   {`"name":{"familyName":"Smith"},`, `{}`, title, true},
		"the setting, and no name at all": {``, `{}`, title, true},
	} {
		create := request(t, `{"customer":{"id":"A-1",`+test.customer+`"billingAddress":{"countryCode":"FR"}},"opencell":`+test.options+`}`)
		_, err := vendor(t, nil, nil, test.settings).Prepare(create)
		if test.accepted {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if violations := providertest.Fails(t, err, enlistv1.ErrorReason_INVALID_FIELD).Violations; len(violations) != 1 || violations[0].Path != "customer.name.family_name" {
			t.Errorf("%s: %+v", name, violations)
		}
	}
}
