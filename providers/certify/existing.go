package certify

import (
	"context"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// duplicate creates the minimal customer a second time, with other content.
func (r *run) duplicate(ctx context.Context, c *check) {
	if r.minimal == nil {
		c.skip("The first customer was not created.")
		return
	}
	request := r.another(r.minimal, enlistv1.OnExisting_ON_EXISTING_FAIL)
	class := r.description.DuplicateSafety.GetClass()
	second, err := r.create(ctx, c, request)
	switch {
	case !r.choosesID:
		r.secondWithoutKey(c, second, err)
		return
	case err == nil && second != nil:
		c.fail("The vendor accepts a second creation under an id in use. It promises %s.", strings.TrimPrefix(class.String(), "DUPLICATE_SAFETY_CLASS_"))
	case err != nil && !providers.IsReason(err, enlistv1.ErrorReason_CUSTOMER_EXISTS):
		c.failWith("The second creation was refused, but not because the customer exists", err)
	case err != nil:
		sent := r.recorder.last(c.start, "create")
		r.compareStatus(c, sent, "exists")
		if sent == nil {
			c.note("Enlist looked first, so the vendor got no second creation.")
		}
	}
	r.unchanged(ctx, c, r.minimal, Merged)
}

// secondWithoutKey is for a vendor that assigns the ids, so that a second creation is another
// customer.
func (r *run) secondWithoutKey(c *check, second *customer, err error) {
	switch {
	case err != nil:
		c.differ(Difference{Kind: Behaviour, Member: "duplicate", Note: "The vendor refuses a second customer with the same email. " +
			"Enlist does not rely on that: " + r.explain(err)})
	case second != nil && second.id == r.minimal.id:
		c.fail("A second creation got the id of the first: the vendor merged them.")
		c.differ(Difference{Kind: Merged, Field: "customer.id", Held: second.id, Note: "Two creations with the same email have one id."})
	default:
		c.note("The vendor assigns the ids, so the second creation is another customer, as documented.")
	}
}

// unchanged reads a customer, and reports values that are not those that were written.
func (r *run) unchanged(ctx context.Context, c *check, made *customer, kind Kind) {
	read, err := r.await(ctx, made)
	if err != nil {
		c.failWith("The first customer cannot be read", err)
		return
	}
	if made.held == nil { // nothing to compare with
		made.held = read.GetCustomer()
	}
	for _, drift := range r.description.Drift(withoutID(made.held), withoutID(read.GetCustomer())) {
		c.differ(Difference{
			Kind: kind, Field: drift.GetPath(), Sent: drift.GetWritten(), Held: drift.GetHeld(),
			Note: "The existing customer was changed, although the request must not change it.",
		})
		c.fail("%s of the existing customer was changed.", drift.GetPath())
	}
	made.held = read.GetCustomer() // what the next check compares with
}

func withoutID(customer *enlistv1.Customer) *enlistv1.Customer {
	customer = proto.CloneOf(customer)
	customer.Id = ""
	return customer
}

// adopt creates the minimal customer with ON_EXISTING_ADOPT and other content.
func (r *run) adopt(ctx context.Context, c *check) {
	if !r.supports(c, enlistv1.OnExisting_ON_EXISTING_ADOPT) {
		return
	}
	response, ok := r.changeExisting(ctx, c, r.another(r.minimal, enlistv1.OnExisting_ON_EXISTING_ADOPT))
	if !ok {
		return
	}
	if outcome := response.GetOutcome(); outcome != enlistv1.Outcome_OUTCOME_ADOPTED {
		c.fail("The outcome is %s, not OUTCOME_ADOPTED.", outcome)
	}
	if response.GetCustomer().GetId() != r.minimal.id {
		c.fail("The adopted customer has another id than the existing one.")
	}
	r.unchanged(ctx, c, r.minimal, Merged)
}

// update changes the name of the full customer, and sends of the rest what is required.
func (r *run) update(ctx context.Context, c *check) {
	if !r.supports(c, enlistv1.OnExisting_ON_EXISTING_UPDATE) {
		return
	}
	made := r.whole
	if made == nil {
		made = r.minimal
	}
	request := r.another(made, enlistv1.OnExisting_ON_EXISTING_UPDATE)
	changed := proto.CloneOf(request.GetCustomer())
	least := r.newRequest()
	for _, place := range r.places { // what an update does not set must stay
		if !place.required && !isGivenIn(least, place.path) && strings.Count(place.path, ".") == 1 && place.path != "customer.display_name" {
			clearAt(request.GetCustomer(), strings.TrimPrefix(place.path, "customer."))
		}
	}
	request.VendorOptions = least.GetVendorOptions()
	response, ok := r.changeExisting(ctx, c, request)
	if !ok {
		return
	}
	if outcome := response.GetOutcome(); outcome != enlistv1.Outcome_OUTCOME_UPDATED && outcome != enlistv1.Outcome_OUTCOME_CREATED_OR_UPDATED {
		c.fail("The outcome is %s, not OUTCOME_UPDATED.", outcome)
	}
	made.written = changed
	made.written.Id = made.id
	read, err := r.await(ctx, made)
	if err != nil {
		c.failWith("The customer cannot be read after the update", err)
		return
	}
	made.held = read.GetCustomer()
	r.compareCustomer(c, made.written, made.held, "after the update")
	r.compareOptions(c, made.request, read.GetVendorRecord())
}

// clearAt clears a field of a customer.
func clearAt(customer *enlistv1.Customer, name string) {
	message := customer.ProtoReflect()
	if field := message.Descriptor().Fields().ByName(protoreflect.Name(name)); field != nil {
		message.Clear(field)
	}
}

// supports skips a check for an on_existing that the provider does not support.
func (r *run) supports(c *check, value enlistv1.OnExisting) bool {
	why, unsupported := r.description.OnExistingUnsupported[value]
	switch {
	case unsupported:
		c.skip("%s", why)
	case r.minimal == nil || r.minimal.dead:
		c.skip("There is no customer that can be read.")
	default:
		return true
	}
	return false
}

// changeExisting sends a request for an existing customer, once.
func (r *run) changeExisting(ctx context.Context, c *check, request *enlistv1.CreateCustomerRequest) (*enlistv1.CreateCustomerResponse, bool) {
	creation, err := r.prepare(request)
	if err != nil {
		c.failWith("Enlist cannot make the request. Set the field with --request", err)
		return nil, false
	}
	response, err := creation.CreateCustomer(ctx)
	if err != nil {
		c.failWith("The request failed, and Enlist does not send it again. The customer may be changed or not", err)
		return nil, false
	}
	c.compareWarnings(request, response.GetWarnings())
	if response.GetOutcome() == enlistv1.Outcome_OUTCOME_CREATED {
		made := r.track(request)
		made.ID, made.VendorIDs, made.State = response.GetCustomer().GetId(), response.GetCustomer().GetVendorIds(), stays
	}
	return response, true
}

// unknownCodes are codes that no vendor has set up, by path: a currency for tests, and made-up
// texts.
func unknownCodes() map[string]string {
	return map[string]string{"customer.currency_code": "XTS", "customer.category": "ZZQ9", "opencell.billing_cycle": "ENLIST_NO_SUCH"}
}

// unknownCode creates customers with a code that is not set up at the vendor, one for each field
// with such codes.
func (r *run) unknownCode(ctx context.Context, c *check) {
	if r.minimal == nil {
		c.skip("Not even a customer with the required fields was created.")
		return
	}
	tried := 0
	for _, support := range r.description.Fields.Support() {
		code, path := "", support.GetPath()
		if isCode(path, support.GetNote()) {
			code = unknownCodes()[path]
		}
		if code == "" || slices.Contains(c.Notes, path) {
			continue
		}
		request := r.newRequest()
		vendor, _, _ := strings.Cut(path, ".")
		if vendor != "customer" && assignOption(request, path, code) != nil || vendor == "customer" && assign(request, path, code) != nil {
			continue
		}
		tried++
		r.refuses(ctx, c, request, path)
	}
	if tried == 0 {
		c.skip("No field of this vendor has codes that must be set up there.")
	}
}

// refuses checks that the vendor refuses a code.
func (r *run) refuses(ctx context.Context, c *check, request *enlistv1.CreateCustomerRequest, path string) {
	start := r.recorder.count()
	made, err := r.create(ctx, c, request)
	switch {
	case err == nil && made != nil && c.run.recorder.count() > start:
		c.fail("The vendor accepts an unknown code in %s.", path)
		c.differ(Difference{Kind: Behaviour, Field: path, Note: "The vendor accepts a code that Enlist made up."})
	case err != nil && !providers.IsReason(err, enlistv1.ErrorReason_VENDOR_REJECTED):
		c.failWith("An unknown code in "+path+" is not refused as such", err)
	case err != nil:
		r.compareStatus(c, r.recorder.last(start, "create"), "unknown_code")
		c.note("%s: refused.", path)
	}
}

// checkLag compares the time until new customers became visible with lookup_lag.
func (r *run) checkLag(_ context.Context, c *check) {
	switch {
	case r.lags == 0:
		c.skip("No new customer could be read.")
	case r.lag > r.lookupLag():
		c.fail("A new customer stayed invisible for %s after the response. lookup_lag is %s, so Enlist would take it for absent.", round(r.lag), r.lookupLag())
	default:
		c.note("%d new customers were invisible for at most %s. lookup_lag is %s.", r.lags, round(r.lag), r.lookupLag())
	}
}

// export asks the vendor for its export of a customer.
func (r *run) export(ctx context.Context, c *check) {
	switch {
	case r.description.Privacy.Export == "":
		c.skip("The vendor documents no export.")
		return
	case r.minimal == nil:
		c.skip("No customer was created.")
		return
	}
	export, err := r.provider.ExportCustomer(ctx, r.minimal.id)
	switch {
	case err != nil:
		c.failWith("The export failed", err)
	case len(export) == 0:
		c.fail("The export is empty.")
	}
}

// erase erases every test customer, if the vendor documents that.
func (r *run) erase(ctx context.Context, c *check) {
	if r.description.Privacy.Erasure == "" {
		c.skip("The vendor documents no erasure. %d test customer(s) stay.", len(r.report.Customers))
		return
	}
	for _, made := range r.report.Customers {
		if made.State != stays || ctx.Err() != nil {
			continue
		}
		if err := r.provider.EraseCustomer(ctx, made.ID); err != nil {
			c.failWith("A test customer cannot be erased", err)
			continue
		}
		made.State, made.Remove = erased, r.description.Privacy.Erasure
	}
	if r.minimal == nil || r.minimal.entry.State != erased {
		return
	}
	read, err := r.get(ctx, r.minimal.id)
	if name := read.GetCustomer().GetName().GetFamilyName(); err == nil && name != "" && name == r.minimal.written.GetName().GetFamilyName() {
		c.fail("The vendor says that it erased the customer, but its name is still there.")
	}
}
