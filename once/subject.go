package once

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/providers"
)

// Subject is a customer whose data is exported or erased.
type Subject struct {
	// Provider has the customer.
	Provider string
	// CustomerID is the customer's id, exactly or in the vendor's form. It is empty with Key.
	CustomerID string
	// Key is that of a creation of the customer. If the creation has no customer id, it is alone.
	Key *journal.Key
}

// Held is what the journal holds of a customer. It has no payloads, which may be large.
type Held struct {
	// CustomerID is the customer's id at the vendor. It is empty if the creation has none.
	CustomerID string
	// Operations are all operations of the customer, over all principals, newest first.
	Operations []HeldOperation
}

// HeldOperation names one operation of a customer.
type HeldOperation struct {
	journal.Position
	Key   journal.Key
	State enlistv1.OperationState

	ids       [2]string // the customer's id, and the key of the creation
	tombstone *journal.Record
	added     bool
}

// findAtOnce is the number of records in one read.
const findAtOnce = 20

// Find finds the operations of a customer. It fails with OPERATION_NOT_FOUND if the subject is a
// creation that the journal does not have.
func (s *Service) Find(ctx context.Context, subject Subject) (*Held, error) {
	id, named := subject.CustomerID, []HeldOperation(nil)
	if subject.Key != nil {
		record, err := s.Operation(ctx, *subject.Key)
		if err != nil {
			return nil, err
		}
		id, named = record.Payload.GetCustomerId(), []HeldOperation{heldOf(record)}
	}
	if id == "" {
		return &Held{Operations: named}, nil
	}
	near, err := s.near(ctx, subject.Provider, id)
	if err != nil {
		return nil, err
	}
	held := &Held{CustomerID: id, Operations: named}
	held.add(near, s.journal.HasErased)
	return held, nil
}

// near lists the operations of customers with this id or a nearly equal one.
func (s *Service) near(ctx context.Context, provider, id string) (all []HeldOperation, err error) {
	query := journal.Query{Everybody: true, Providers: []string{provider}, CustomerID: id, Limit: findAtOnce}
	for {
		records, err := s.Operations(ctx, query)
		if err != nil {
			return nil, err
		}
		for _, record := range records {
			all = append(all, heldOf(record))
		}
		if len(records) < findAtOnce {
			return all, nil
		}
		query.After = &all[len(all)-1].Position
	}
}

func heldOf(record *journal.Record) HeldOperation {
	operation := HeldOperation{
		Position: *record.Position(),
		Key:      record.Key, State: record.State, ids: [2]string{record.Payload.GetCustomerId(), record.Payload.GetExclusiveKey()},
	}
	if record.State == erased { // small, and only its hashes tell whose it is
		operation.tombstone = record
	}
	return operation
}

// add adds those of some operations that are of the customer: by its id, and by the ids that the
// vendor gave it in place of that. A nearly equal id alone does not count.
func (h *Held) add(near []HeldOperation, hasErased func(*journal.Record, string) bool) {
	ids := []string{h.CustomerID}
	for more := true; more; {
		more = false
		for i, operation := range near {
			if operation.added || !operation.isOf(ids, hasErased) {
				continue
			}
			near[i].added, more = true, true
			ids = append(ids, operation.madeID())
			if !slices.ContainsFunc(h.Operations, func(other HeldOperation) bool { return other.Key == operation.Key }) {
				h.Operations = append(h.Operations, operation)
			}
		}
	}
	for _, operation := range h.Operations {
		if operation.State == succeeded {
			h.CustomerID = operation.madeID() // the vendor's form
		}
	}
	slices.SortStableFunc(h.Operations, func(a, b HeldOperation) int {
		return cmp.Or(b.Created.Compare(a.Created), bytes.Compare(a.RequestID[:], b.RequestID[:]))
	})
}

// isErased reports whether the one operation of a creation without a customer's id is a tombstone.
func (h *Held) isErased() bool { return len(h.Operations) == 1 && h.Operations[0].State == erased }

// isOf reports whether an operation is of the customer with one of these ids.
func (o *HeldOperation) isOf(ids []string, hasErased func(*journal.Record, string) bool) bool {
	return slices.ContainsFunc(ids, func(id string) bool {
		return id != "" && (o.tombstone != nil && hasErased(o.tombstone, id) || slices.Contains(o.ids[:], id))
	})
}

// madeID returns the customer's id, as the vendor has it.
func (o *HeldOperation) madeID() string { return o.ids[0] }

// AtVendor is the result of a request for a customer's data at the vendor.
type AtVendor struct {
	Result enlistv1.VendorDataResult
	// Note says it in a sentence, and what to do at the vendor.
	Note string
}

// atVendor carries out a request for a customer's data at the vendor, if it was asked for. about
// returns what the vendor documents of it.
func (s *Service) atVendor(
	subject Subject, held *Held, asked bool, about func(providers.Privacy) string, call func(providers.Provider) error,
) (AtVendor, error) {
	if !asked {
		return AtVendor{Result: enlistv1.VendorDataResult_VENDOR_DATA_RESULT_NOT_REQUESTED}, nil
	}
	provider := s.providers[subject.Provider]
	if provider == nil {
		return AtVendor{}, notConfigured(subject.Provider)
	}
	offered := provider.Describe().Privacy
	if about(offered) == "" {
		return AtVendor{
			Result: enlistv1.VendorDataResult_VENDOR_DATA_RESULT_NOT_OFFERED,
			Note:   "The vendor of provider " + subject.Provider + " documents no request for this, so Enlist sent nothing. " + offered.Otherwise,
		}, nil
	}
	if held.CustomerID == "" && held.isErased() {
		return AtVendor{
			Result: enlistv1.VendorDataResult_VENDOR_DATA_RESULT_ID_ERASED,
			Note: "Enlist has erased the customer's id, so it sent nothing to provider " + subject.Provider + ". " +
				"If no earlier call asked the vendor, name the customer with customer_id.",
		}, nil
	}
	if held.CustomerID == "" {
		return AtVendor{
			Result: enlistv1.VendorDataResult_VENDOR_DATA_RESULT_NO_CUSTOMER,
			Note:   "The creation has no customer at provider " + subject.Provider + ", so Enlist sent nothing.",
		}, nil
	}
	switch err := call(provider); {
	case isReason(err, enlistv1.ErrorReason_CUSTOMER_NOT_FOUND):
		return AtVendor{
			Result: enlistv1.VendorDataResult_VENDOR_DATA_RESULT_NO_CUSTOMER, Note: "Provider " + subject.Provider + " has no customer with this id.",
		}, nil
	case err != nil:
		return AtVendor{}, err
	}
	return AtVendor{Result: enlistv1.VendorDataResult_VENDOR_DATA_RESULT_DONE, Note: about(offered)}, nil
}

// ExportAtVendor returns the vendor's own export of a customer, if it was asked for.
func (s *Service) ExportAtVendor(ctx context.Context, subject Subject, held *Held, asked bool) (export []byte, result AtVendor, err error) {
	s = s.configured()
	ctx, cancel := callerContext(ctx)
	defer cancel()
	result, err = s.atVendor(subject, held, asked, func(privacy providers.Privacy) string { return privacy.Export },
		func(provider providers.Provider) (err error) {
			export, err = provider.ExportCustomer(ctx, held.CustomerID)
			return err
		})
	return export, result, err
}
