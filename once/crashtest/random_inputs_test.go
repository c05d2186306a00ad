package crashtest_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/sandbox"
)

// wish says what an input asks for.
type wish string

const (
	newCustomer  wish = "a new customer"
	sameRequest  wish = "an earlier request again"
	sameCustomer wish = "an earlier customer under a new request_id"
)

// input is one random creation with the faults that the vendor makes meanwhile.
type input struct {
	number  int
	wish    wish
	earlier *input // whose request or customer this one repeats; nil for a new customer
	core    string // stands in what identifies the customer, whatever form the vendor gives that
	create  *create
	faults  []sandbox.Fault
	callers []manner
	// made counts the customers that this request has made. Inputs that repeat a request share it.
	made *int
	// before are the earlier inputs for the same customer.
	before []*input
	ended  string // for messages
	isOpen bool   // its outcome is still unknown
}

// String describes the input for messages.
func (in *input) String() string {
	faults, _ := json.Marshal(in.faults)
	text := fmt.Sprintf("input %s/%d: %s", in.create.vendor.name, in.number, in.wish)
	if in.earlier != nil {
		text += fmt.Sprintf(" (of input %d)", in.earlier.number)
	}
	return text + fmt.Sprintf(", callers %+v, faults %s: %s", in.callers, faults, in.ended)
}

// laneLength is the number of inputs that share a server. An input refers to earlier ones of its
// lane.
const laneLength = 100

// inputsOf makes the inputs of a lane at a vendor. They follow from the seed alone, so all variants
// play the same.
func inputsOf(v *vendor, from, to int) []*input {
	var inputs []*input
	byCore := map[string][]*input{}
	for number := from; number < to; number++ {
		c := chanceOf(fmt.Sprint("input ", v.name, number))
		in := &input{number: number, wish: newCustomer}
		roll := c.upTo(100)
		if len(inputs) > 0 && roll < 10 {
			in.wish, in.earlier = sameRequest, one(c, inputs)
			in.create, in.core, in.made = in.earlier.create, in.earlier.core, in.earlier.made
		} else {
			in.create = &create{vendor: v}
			in.made = new(int)
			onExisting := fail
			if c.percent(45) {
				onExisting = one(c, v.onExisting)
			}
			if len(inputs) > 0 && roll < 25 {
				in.wish, in.earlier = sameCustomer, one(c, inputs)
				in.create.request, _ = proto.Clone(in.earlier.create.request).(*enlistv1.CreateCustomerRequest)
				in.core = in.earlier.core
			} else {
				in.core = randomCore(c)
				in.create.request = randomRequest(c, v, in.core)
			}
			in.create.request.RequestId, in.create.request.OnExisting = randomUUID(c), onExisting
			in.create.request.IncludeVendorRecord = c.percent(20)
		}
		in.faults, in.callers = randomFaults(c, v), randomCallers(c)
		in.before = slices.Clone(byCore[in.core])
		inputs, byCore[in.core] = append(inputs, in), append(byCore[in.core], in)
	}
	return inputs
}

func randomUUID(c *chance) string {
	var id uuid.UUID
	for i := range id {
		id[i] = byte(c.upTo(256))
	}
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return id.String()
}

// randomCore makes seven characters that no other customer has.
func randomCore(c *chance) string {
	const digits, all = "123456789", "abcdefghijklmnopqrstuvwxyz0123456789"
	first, rest := digits, "0123456789" // digits only
	if c.percent(80) {
		first, rest = "abcdefghijklmnopqrstuvwxyz", all
	}
	core := []byte{first[c.upTo(len(first))]}
	for len(core) < 7 {
		core = append(core, rest[c.upTo(len(rest))])
	}
	return string(core)
}

// randomKey makes a key of at most ten characters, or longer where the vendor takes that.
func randomKey(c *chance, v *vendor, core string) string {
	keys := []string{
		core, strings.ToUpper(core), strings.ToUpper(core[:3]) + core[3:], "00" + core, "000" + core, "0" + strings.ToUpper(core),
		"x " + core, "é" + core, "e\u0301" + core, "É" + strings.ToUpper(core), "o'" + core, "a&" + core, "a-" + core, "ß" + core,
	}
	if v.sandbox != sandbox.Caliq {
		keys = append(keys, core+"-a very long key, of more than 20", core+" É&'"+strings.ToUpper(core), "00 "+core+" 00")
	}
	return one(c, keys)
}

// randomName makes a name within the vendor's limits.
func randomName(c *chance, v *vendor, most int) string {
	for {
		name := one(c, []string{
			"Zoë", "Zoe\u0308", "Jean-François", "Smith", "O'Brien", "D’Angelo", "ŁUKASZ", "Nguyễn", "Åsa", "A\u030asa", "de la Tour",
			"Maximiliane-Charlotte-Wilhelmina", "Wolfeschlegelsteinhausenbergerdorff", "Müller & Söhne", "Ng", "José María  Ruiz", "4you",
		})
		if utf8.RuneCountInString(name) <= most && (v.sandbox != sandbox.SellAndSign || !strings.Contains(name, "&")) {
			return name
		}
	}
}

// randomRequest makes a request that the contract and the vendor take.
func randomRequest(c *chance, v *vendor, core string) *enlistv1.CreateCustomerRequest {
	request := v.request(fail)
	customer := request.GetCustomer()
	mostGiven, mostFamily := 255, 255
	if v.sandbox == sandbox.Caliq {
		mostGiven, mostFamily = 20, 30
	}
	customer.Name = &enlistv1.PersonName{
		Title: one(c, []string{"Mr", "Mrs", "Ms"}), GivenName: randomName(c, v, mostGiven), FamilyName: randomName(c, v, mostFamily),
	}
	customer.Email = one(c, []string{"", "J.O'Neil+", "Jane."}) + one(c, []string{core, strings.ToUpper(core)}) + one(c, []string{"@example.com", "@Example.ORG"})
	customer.BillingAddress.Lines = []string{one(c, []string{"673 Eugene Points", "12, rue de l’Église", "Straße 5 & 7"})}
	if c.percent(30) {
		customer.BillingAddress.Lines = append(customer.BillingAddress.Lines, "Bâtiment \"C\"")
	}
	customer.BillingAddress.City = one(c, []string{"Nice", "Saint-Étienne", "L'Haÿ-les-Roses", "Nu\u0308rnberg"})
	customer.BillingAddress.CountryCode = one(c, []string{"FR", "DE", "BE"})
	customer.DisplayName = one(c, []string{"", "Société É & Fils ", "JOHN "}) + randomName(c, v, 255)
	if c.percent(20) {
		customer.Organization = &enlistv1.Organization{Name: "O'Hara & Söhne " + core}
	}
	if v.ownIDs {
		customer.Name.FamilyName = core + " " + customer.Name.FamilyName
		if c.percent(25) {
			customer.Email = ""
		}
	} else {
		customer.Id = randomKey(c, v, core)
	}
	if v.sandbox == sandbox.SellAndSign && c.percent(20) {
		customer.Properties = map[string]string{"segment": "É&'"}
	}
	return request
}

// lateResponse is a delay after which Enlist no longer waits for a response.
const lateResponse = vendorTimeout + 200*time.Millisecond

// randomFaults makes one to three faults, each of a kind that the sandbox takes for its operation.
func randomFaults(c *chance, v *vendor) []sandbox.Fault {
	faults := make([]sandbox.Fault, 1+c.upTo(3))
	for i := range faults {
		fault := sandbox.Fault{Vendor: v.sandbox, Operation: "create", Times: 1}
		if c.percent(40) {
			fault.Operation = one(c, v.lookups)
		}
		fault.Kind = one(c, faultKinds(v, fault.Operation))
		if fault.Kind == sandbox.ExpiredCredentials && c.percent(70) { // several in a row end in a pause of ten seconds
			fault.Kind = sandbox.NormalisedKey
			fault.Operation = "create"
		}
		if c.percent(35) && fault.Kind != sandbox.ExpiredCredentials {
			fault.Times = 2 + c.upTo(2)
		}
		if fault.Kind == sandbox.NormalisedKey && c.percent(70) {
			fault.Form = one(c, keyForms(v))
		}
		fault.DelayMS = delayOf(c, fault.Kind)
		if fault.DelayMS == 0 && c.percent(20) { // the work is done, and the response comes too late
			fault.DelayMS = lateResponse.Milliseconds()
		}
		faults[i] = fault
	}
	return faults
}

// keyForms returns the forms in which the sandbox stores a key. Where the caller chooses no key,
// they are forms of names.
func keyForms(v *vendor) []sandbox.KeyForm {
	forms := []sandbox.KeyForm{sandbox.Upper, sandbox.Lower, sandbox.Trimmed, sandbox.Padded, sandbox.ZerosStripped, sandbox.NFC, sandbox.Escaped}
	if v.sandbox != sandbox.Caliq { // it enforces no key, and a form without accents is not nearly equal
		forms = append(forms, sandbox.Cut, sandbox.Unaccented)
	}
	return forms
}

// randomCallers returns how callers pursue an input. One at least comes back until it has a final
// response.
func randomCallers(c *chance) []manner {
	callers := []manner{{hurried: c.percent(25), leaves: c.percent(15)}}
	if c.percent(25) {
		callers = append(callers, manner{hurried: c.percent(50), never: c.percent(50)})
	}
	return callers
}

// madeBy returns those of a vendor's records that inputs for the same customer have made.
func (in *input) madeBy(records []sandbox.Record) []sandbox.Record {
	return slices.DeleteFunc(slices.Clone(records), func(record sandbox.Record) bool {
		identity := record.Key
		if in.create.vendor.ownIDs {
			identity, _ = record.Record["nameLast"].(string)
		}
		return !strings.Contains(strings.ToLower(identity), in.core)
	})
}
