package providers_test

import (
	"errors"
	"fmt"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	caliqv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/caliq/v1"
	"github.com/enlist-dev/enlist/providers"
)

// The annotations of a wire message say which field of the contract fills each vendor field.
func ExampleNewFieldTable() {
	request := &enlistv1.CreateCustomerRequest{}
	table := providers.NewFieldTable((&caliqv1.CustomerCreateParams{}).ProtoReflect().Descriptor())
	fmt.Println(table.PathOf(request, "Surname"))
	fmt.Println(table.PathOf(request, "Line2"))
	// Output:
	// customer.name.family_name
	// customer.billing_address.lines[1]
}

// Every error of a provider is an *Error.
func ExampleError() {
	err := fmt.Errorf("creation: %w", providers.InvalidField("caliq", "customer.id", "must have at most 20 characters"))

	var known *providers.Error
	if errors.As(err, &known) {
		fmt.Println(known.Reason, known.Violations[0].Path)
	}
	fmt.Println(providers.IsReason(err, enlistv1.ErrorReason_INVALID_FIELD))
	// Output:
	// INVALID_FIELD customer.id
	// true
}

// Domains have an A-label form for vendors that take no other.
func ExampleSentEmail() {
	fmt.Println(providers.SentEmail("jo@müller.example"))
	// Output: jo@xn--mller-kva.example <nil>
}
