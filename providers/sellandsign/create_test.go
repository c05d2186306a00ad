package sellandsign_test

import (
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/providertest"
	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

const (
	created          = enlistv1.Outcome_OUTCOME_CREATED
	updated          = enlistv1.Outcome_OUTCOME_UPDATED
	createdOrUpdated = enlistv1.Outcome_OUTCOME_CREATED_OR_UPDATED
	onFail           = enlistv1.OnExisting_ON_EXISTING_FAIL
	onUpdate         = enlistv1.OnExisting_ON_EXISTING_UPDATE
	onAdopt          = enlistv1.OnExisting_ON_EXISTING_ADOPT
)

func preview(t *testing.T, request *enlistv1.CreateCustomerRequest) (*enlistv1.CreateCustomerResponse, error) {
	t.Helper()
	provider, err := connect(settings("http://127.0.0.1:1"), time.Second) // no server listens there
	if err != nil {
		t.Fatal(err)
	}
	request.ValidateOnly = true
	return providertest.Create(t.Context(), provider, request)
}

func sentQuery(t *testing.T, response *enlistv1.CreateCustomerResponse) url.Values {
	t.Helper()
	target, err := url.Parse(response.GetVendorRequest().GetUrl())
	if err != nil {
		t.Fatal(err)
	}
	return target.Query()
}

func TestCivility(t *testing.T) {
	for civility, titles := range map[string][]string{
		"MONSIEUR": {"Mr", "Mr.", "mr", "M.", "m", "Monsieur", "MISTER", "Sir", " Mr. "},
		"MADAME":   {"Mrs", "Ms.", "Miss", "Mme", "mme.", "Madame", "Mlle", "Mademoiselle", "lady"},
		"":         {"Dr", "Prof. Dr.", "Mx", ".", "M r"},
	} {
		for _, title := range titles {
			request := small(t, "C")
			request.Customer.Name.Title = title
			response, err := preview(t, request)
			if civility == "" {
				violations := failure(t, err, enlistv1.ErrorReason_INVALID_FIELD).Violations
				if len(violations) != 1 || violations[0].Path != "customer.name.title" || !strings.Contains(violations[0].Description, "sell_and_sign.civility") {
					t.Errorf("%q: %v", title, violations)
				}
				continue
			}
			if err != nil || sentQuery(t, response).Get("civility") != civility {
				t.Errorf("%q: %v, %v", title, response.GetVendorRequest(), err)
			}
		}
	}
}

// Each limit is reported where the caller can fix it, and all of them together. Only a foreign
// character comes first in its description.
func TestViolations(t *testing.T) {
	for name, c := range map[string]struct {
		change  func(*enlistv1.Customer)
		want    []string
		foreign map[string]string // the start of the description
	}{
		"nothing": {func(c *enlistv1.Customer) {
			proto.Reset(c)
		}, []string{
			"customer.billing_address.lines[0]", "customer.billing_address.postal_code", "customer.billing_address.city",
			"customer.billing_address.country_code", "customer.name.title", "customer.name.given_name", "customer.name.family_name",
			"customer.email", "customer.mobile",
		}, nil},
		"blanks": {func(c *enlistv1.Customer) {
			c.Id, c.BillingAddress.City, c.BillingAddress.Lines, c.Name.GivenName = " ", "  ", []string{"\t"}, " - "
		}, []string{"customer.id", "customer.billing_address.lines[0]", "customer.billing_address.city", "customer.name.given_name"}, nil},
		"names": {func(c *enlistv1.Customer) { c.Name.GivenName, c.Name.FamilyName = "J. R.", "R&D" }, []string{"customer.name.given_name", "customer.name.family_name"}, map[string]string{
			"customer.name.given_name": "contains U+002E (punctuation) at character 2, but ", "customer.name.family_name": "contains U+0026 (punctuation) at character 2, but ",
		}},
		"trunk zero":    {func(c *enlistv1.Customer) { c.Mobile = "+33 (0)6 12 34 56 78" }, []string{"customer.mobile"}, nil},
		"trunk zero, 2": {func(c *enlistv1.Customer) { c.Mobile = "0033 ( 0) 6 12 34 56 78" }, []string{"customer.mobile"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			request := small(t, "C")
			request.RequestId = "0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11"
			c.change(request.GetCustomer())
			_, err := preview(t, request)
			var paths []string
			for _, violation := range failure(t, err, enlistv1.ErrorReason_INVALID_FIELD).Violations {
				begins := c.foreign[violation.Path] + "must be "
				if paths = append(paths, violation.Path); !strings.HasPrefix(violation.Description, begins) {
					t.Errorf("%s %s", violation.Path, violation.Description)
				}
			}
			if !slices.Equal(paths, c.want) {
				t.Errorf("violations at %v, want %v", paths, c.want)
			}
		})
	}
}

func TestValuesOnTheWire(t *testing.T) {
	request := small(t, "C")
	request.Customer.Mobile = "(06) 12.34-56/78"
	request.Customer.Name.FamilyName = "d’Arc"
	request.Customer.BirthDate = full(t)[0].GetCustomer().GetBirthDate()
	response, err := preview(t, request)
	if err != nil {
		t.Fatal(err)
	}
	query := sentQuery(t, response)
	for name, want := range map[string]string{
		"cell_phone": "0612345678", "lastname": "d’Arc", "birthdate": "-405216000000", "customer_code": "C", "company_name": "", "birthplace": "",
	} {
		if !query.Has(name) || query.Get(name) != want {
			t.Errorf("%s = %q, want %q", name, query[name], want)
		}
	}
	notes := map[string]string{}
	for _, fate := range response.GetFields() {
		if fate.GetFate() == enlistv1.Fate_FATE_TRANSFORMED {
			notes[fate.GetPath()+" "+fate.GetWireField()] = fate.GetNote()
		}
	}
	for _, field := range []string{"customer.id customer_code", "customer.mobile cell_phone", "customer.birth_date birthdate", "customer.name.title civility"} {
		if notes[field] == "" {
			t.Errorf("%s is not said to be transformed: %v", field, notes)
		}
	}
	for _, header := range response.GetVendorRequest().GetHeaders() {
		if header.GetName() == "j_token" && header.GetValue() == "$SELLANDSIGN_TOKEN" {
			return
		}
	}
	t.Errorf("no header j_token in %v", response.GetVendorRequest())
}

// The setting defaults fills unset options. A title in the request overrides the defaults.
func TestDefaults(t *testing.T) {
	own := settings("http://127.0.0.1:1")
	own.Defaults = &enlistv1.SellAndSignOptions{Civility: enlistv1.SellAndSignCivility_SELL_AND_SIGN_CIVILITY_MADAME, CustomerCode: "OURS"}
	provider, err := connect(own, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	for title, want := range map[string]string{"": "MADAME", "Mr": "MONSIEUR", "Dr": ""} {
		request := small(t, "C")
		request.ValidateOnly, request.Customer.Name.Title = true, title
		response, err := providertest.Create(t.Context(), provider, request)
		if want == "" {
			failure(t, err, enlistv1.ErrorReason_INVALID_FIELD)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if query := sentQuery(t, response); query.Get("civility") != want || query.Get("customer_code") != "OURS" {
			t.Errorf("%q: %v", title, query)
		}
		named := []string{}
		for _, fate := range response.GetFields() {
			if fate.GetFate() == enlistv1.Fate_FATE_DEFAULTED {
				named = append(named, fate.GetPath()+" "+fate.GetNote())
			}
		}
		wantNamed := []string{"sell_and_sign.customer_code from the provider's setting defaults.customer_code"}
		if title == "" {
			wantNamed = append(wantNamed, "sell_and_sign.civility from the provider's setting defaults.civility")
		}
		if !slices.Equal(named, wantNamed) {
			t.Errorf("%q: named as defaults %q, want %q", title, named, wantNamed)
		}
	}
}

// A form of address in Sell&Sign's own text overrides the enum, a title and the defaults. The
// response names what it replaces.
func TestCivilityCode(t *testing.T) {
	const madame = enlistv1.SellAndSignCivility_SELL_AND_SIGN_CIVILITY_MADAME
	for name, c := range map[string]struct {
		title             string
		options, defaults *enlistv1.SellAndSignOptions
		want              string
		dropped           string
	}{
		"alone":             {"", &enlistv1.SellAndSignOptions{CivilityCode: "MAITRE"}, nil, "MAITRE", ""},
		"over the enum":     {"", &enlistv1.SellAndSignOptions{CivilityCode: "MAITRE", Civility: madame}, nil, "MAITRE", "sell_and_sign.civility"},
		"over a title":      {"Dr", &enlistv1.SellAndSignOptions{CivilityCode: "DOCTEUR"}, nil, "DOCTEUR", "customer.name.title"},
		"over defaults":     {"", &enlistv1.SellAndSignOptions{Civility: madame}, &enlistv1.SellAndSignOptions{CivilityCode: "MAITRE"}, "MADAME", ""},
		"as the default":    {"", nil, &enlistv1.SellAndSignOptions{CivilityCode: "MAITRE", Civility: madame}, "MAITRE", ""},
		"after the title":   {"Mr", nil, &enlistv1.SellAndSignOptions{CivilityCode: "MAITRE"}, "MONSIEUR", ""},
		"a title of no use": {"Dr", nil, &enlistv1.SellAndSignOptions{CivilityCode: "MAITRE"}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			own := settings("http://127.0.0.1:1")
			own.Defaults = c.defaults
			provider, err := connect(own, time.Second)
			if err != nil {
				t.Fatal(err)
			}
			request := small(t, "C")
			request.ValidateOnly, request.Customer.Name.Title = true, c.title
			if c.options != nil {
				request.VendorOptions = &enlistv1.CreateCustomerRequest_SellAndSign{SellAndSign: c.options}
			}
			response, err := providertest.Create(t.Context(), provider, request)
			if c.want == "" {
				if known := failure(t, err, enlistv1.ErrorReason_INVALID_FIELD); known.Violations[0].Path != "customer.name.title" {
					t.Errorf("violations %v", known.Violations)
				}
				return
			}
			if c.dropped != "" {
				if known := failure(t, err, enlistv1.ErrorReason_FIELD_NOT_SUPPORTED); known.Violations[0].Path != c.dropped {
					t.Errorf("violations %v", known.Violations)
				}
				request.UnsupportedFields = enlistv1.UnsupportedFields_UNSUPPORTED_FIELDS_DROP
				response, err = providertest.Create(t.Context(), provider, request)
			}
			if err != nil || sentQuery(t, response).Get("civility") != c.want {
				t.Errorf("%v, %v", response, err)
			}
		})
	}
}

// What the two times in the response prove about a creation, for each on_existing, if no customer
// existed before.
func TestOutcome(t *testing.T) {
	const now = 1456913816030
	for name, c := range map[string]struct {
		creationDate, syncTimer int64
		want                    enlistv1.Outcome
	}{
		"new":               {now, now, created},
		"there before":      {now - 60_000, now, updated},
		"stamped in turn":   {now - 3, now, createdOrUpdated},
		"from the future":   {now + 5, now, createdOrUpdated},
		"no creation date":  {0, now, createdOrUpdated},
		"no date at all":    {0, 0, createdOrUpdated},
		"none, as it seems": {-1, now, createdOrUpdated},
	} {
		for _, on := range []enlistv1.OnExisting{onFail, onUpdate, onAdopt} {
			v := newVendor(t, answers{"getCustomer": providertest.Respond(200, "null"), "selectOrCreateCustomer": providertest.Respond(200, record("C", c.creationDate, c.syncTimer))})
			request := small(t, "C")
			request.OnExisting = on
			response, err := providertest.Create(t.Context(), v, request)
			if err != nil || response.GetOutcome() != c.want {
				t.Errorf("%s, %s: %s, %v, want %s", name, on, response.GetOutcome(), err, c.want)
			}
			v.expect(t, "getCustomer", "selectOrCreateCustomer")
		}
	}
}

// If a look-up fails or finds the customer, Enlist does not send the creation.
func TestLookUpBeforeCreate(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   enlistv1.ErrorReason
		stage  enlistv1.SendStage
	}{
		"there":      {providertest.Respond(200, record("C", 1, 1)), enlistv1.ErrorReason_CUSTOMER_EXISTS, enlistv1.SendStage_SEND_STAGE_ANSWERED},
		"broken":     {providertest.Respond(500, ""), enlistv1.ErrorReason_VENDOR_UNAVAILABLE, enlistv1.SendStage_SEND_STAGE_NOT_SENT},
		"refused":    {providertest.Respond(401, ""), enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED, enlistv1.SendStage_SEND_STAGE_NOT_SENT},
		"too often":  {providertest.Respond(429, ""), enlistv1.ErrorReason_VENDOR_RATE_LIMITED, enlistv1.SendStage_SEND_STAGE_NOT_SENT},
		"a page":     {providertest.Respond(200, "<html>"), enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID, enlistv1.SendStage_SEND_STAGE_NOT_SENT},
		"no object":  {providertest.Respond(200, "{}"), enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID, enlistv1.SendStage_SEND_STAGE_NOT_SENT},
		"other's":    {providertest.Respond(200, record("D", 1, 1)), enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID, enlistv1.SendStage_SEND_STAGE_NOT_SENT},
		"no answer":  {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, enlistv1.ErrorReason_VENDOR_UNAVAILABLE, enlistv1.SendStage_SEND_STAGE_NOT_SENT},
		"redirected": {providertest.Respond(302, ""), enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID, enlistv1.SendStage_SEND_STAGE_NOT_SENT},
	} {
		for _, on := range []enlistv1.OnExisting{onFail, onAdopt} {
			if on == onAdopt && name == "there" {
				continue // a case of the suite
			}
			v := newVendor(t, answers{"getCustomer": c.answer})
			request := small(t, "C")
			request.OnExisting = on
			_, err := providertest.Create(t.Context(), v, request)
			if known := failure(t, err, c.want); known.Stage != c.stage {
				t.Errorf("%s: stage %s, want %s", name, known.Stage, c.stage)
			}
			if slices.Contains(v.asked(), "selectOrCreateCustomer") {
				t.Errorf("%s: the create was sent", name)
			}
		}
	}
}

// Possible responses of getCustomer for an unknown number.
func TestNotFound(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		body   string
		want   enlistv1.ErrorReason
	}{
		"null":          {200, " null\n", enlistv1.ErrorReason_CUSTOMER_NOT_FOUND},
		"empty":         {200, "", enlistv1.ErrorReason_CUSTOMER_NOT_FOUND},
		"204":           {204, "", enlistv1.ErrorReason_CUSTOMER_NOT_FOUND},
		"400":           {400, `{"error":"no such customer"}`, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND},
		"404":           {404, "{}", enlistv1.ErrorReason_CUSTOMER_NOT_FOUND},
		"410":           {410, "", enlistv1.ErrorReason_CUSTOMER_NOT_FOUND},
		"422":           {422, "", enlistv1.ErrorReason_CUSTOMER_NOT_FOUND},
		"401":           {401, "", enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED},
		"403":           {403, "", enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED},
		"405":           {405, "", enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID},
		"408":           {408, "", enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID},
		"429":           {429, "", enlistv1.ErrorReason_VENDOR_RATE_LIMITED},
		"500 null":      {500, "null", enlistv1.ErrorReason_VENDOR_UNAVAILABLE},
		"302 empty":     {302, "", enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID},
		"empty list":    {200, "[]", enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID},
		"false":         {200, "false", enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID},
		"without names": {200, `{"number":null}`, enlistv1.ErrorReason_VENDOR_RESPONSE_INVALID},
	} {
		v := newVendor(t, answers{"getCustomer": providertest.Respond(c.status, c.body), "getCustomerPropertyListFor": providertest.Respond(200, "[]")})
		_, err := v.read(t.Context(), "C")
		if known := failure(t, err, c.want); known.Vendor.GetHttpStatus() != int32(c.status) {
			t.Errorf("%s: %v", name, known.Vendor)
		}
		v.expect(t, "getCustomer")
	}
}

// Possible responses to a creation, besides those that the suite has for all vendors.
func TestCreateAnswers(t *testing.T) {
	const byLookup, afterLag, byCustomer = providers.ConfirmByLookup, providers.ConfirmAfterLag, providers.ConfirmByCustomer
	confirmations := map[string]providers.Confirmation{
		"another's number": byCustomer, "the object, 500": byCustomer, "the object, 400": byCustomer, "the object, 403": byCustomer,
		"400": byLookup, "409": afterLag, "414": afterLag, "422": afterLag,
	}
	for name, c := range map[string]struct {
		status int
		body   string
		want   enlistv1.ErrorReason
	}{
		"another's number": {200, record("D", 1, 1), enlistv1.ErrorReason_OUTCOME_UNKNOWN},
		"a number":         {200, `{"number":5}`, enlistv1.ErrorReason_OUTCOME_UNKNOWN},
		"null":             {200, "null", enlistv1.ErrorReason_OUTCOME_UNKNOWN},
		"an error at 200":  {200, `{"error":"not done"}`, enlistv1.ErrorReason_OUTCOME_UNKNOWN},
		"a list":           {200, "[" + record("C", 1, 1) + "]", enlistv1.ErrorReason_OUTCOME_UNKNOWN},
		"the object, 500":  {500, record("C", 1, 1), enlistv1.ErrorReason_OUTCOME_UNKNOWN},
		"the object, 400":  {400, record("C", 1, 1), enlistv1.ErrorReason_OUTCOME_UNKNOWN},
		"the object, 403":  {403, record("C", 1, 1), enlistv1.ErrorReason_OUTCOME_UNKNOWN},
		"what was sent":    {200, `{"error":"not done","number":"C","lastname":"Smith"}`, enlistv1.ErrorReason_OUTCOME_UNKNOWN},
		"400":              {400, `{"error":"email"}`, enlistv1.ErrorReason_VENDOR_REJECTED},
		"409":              {409, "", enlistv1.ErrorReason_VENDOR_REJECTED},
		"414":              {414, "", enlistv1.ErrorReason_VENDOR_REJECTED},
		"422":              {422, "", enlistv1.ErrorReason_VENDOR_REJECTED},
		"401":              {401, "", enlistv1.ErrorReason_VENDOR_CREDENTIALS_REJECTED},
	} {
		t.Run(name, func(t *testing.T) {
			v := newVendor(t, answers{"getCustomer": providertest.Respond(200, "null"), "selectOrCreateCustomer": providertest.Respond(c.status, c.body)})
			_, err := providertest.Create(t.Context(), v, small(t, "C"))
			known := failure(t, err, c.want)
			if want := confirmations[name]; known.Confirm != want {
				t.Errorf("confirmed by %d, want %d", known.Confirm, want)
			}
			if messages := known.Vendor.GetMessages(); known.Vendor.GetHttpStatus() != int32(c.status) ||
				c.body != "" && (len(messages) != 1 || messages[0].GetMessage() != c.body) {
				t.Errorf("the vendor's words: %v", known.Vendor)
			}
			v.expect(t, "getCustomer", "selectOrCreateCustomer")
		})
	}
}

// An error page may repeat the token as in the URL, in a script, or in a log line.
func TestTokenIsCutOut(t *testing.T) {
	token := sandboxtest.DemoCredentials().SellAndSign.Token
	quoted, _ := json.Marshal(token) //nolint:errchkjson // a string
	for name, shown := range map[string]string{
		"as it is":       token,
		"in a query":     url.QueryEscape(token),
		"in a path":      url.PathEscape(token),
		"in lower case":  strings.ToLower(url.QueryEscape(token)),
		"in HTML":        html.EscapeString(token),
		"in JSON":        string(quoted),
		"slash escaped":  strings.ReplaceAll(token, "/", `\/`),
		"unicode":        strings.NewReplacer("=", `\u003d`, "+", `\u002B`, "|", `\u007c`).Replace(token),
		"hexadecimal":    strings.NewReplacer("=", "&#x3D;", "+", "&#x2b;", "|", "&#124;").Replace(token),
		"twice, in text": "GET /x?j_token=" + url.QueryEscape(token) + " " + token,
	} {
		v := newVendor(t, answers{"getCustomer": providertest.Respond(200, "null"), "selectOrCreateCustomer": providertest.Respond(400, "at ?j_token="+shown+"&x=1 failed"+strings.Repeat(" é\xff", 500))})
		_, err := providertest.Create(t.Context(), v, small(t, "C"))
		said := failure(t, err, enlistv1.ErrorReason_VENDOR_REJECTED).Vendor.GetMessages()[0].GetMessage()
		if !strings.HasPrefix(said, "at ?j_token=") || !strings.Contains(said, "$REDACTED") || strings.Contains(said, "c2Vsb") || strings.Contains(strings.ToLower(said), "dg9rzw") {
			t.Errorf("%s: %s", name, said)
		}
		if runes := []rune(said); len(runes) > 501 {
			t.Errorf("%s: %d characters", name, len(runes))
		}
	}
}
