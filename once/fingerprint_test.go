package once

import (
	"testing"

	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// A value that must never be stored is withheld in every place, also in each element of a list.
func TestNeverStoredInLists(t *testing.T) {
	t.Parallel()
	cards := func(numbers ...string) *enlistv1.CreateCustomerRequest {
		options := &enlistv1.OpencellOptions{}
		for _, number := range numbers {
			options.PaymentMethods = append(options.PaymentMethods, &enlistv1.OpencellPaymentMethodDetails{Alias: "a", CardNumber: number})
		}
		return &enlistv1.CreateCustomerRequest{VendorOptions: &enlistv1.CreateCustomerRequest_Opencell{Opencell: options}}
	}
	request := cards("4111111111111111", "", "5500000000000004")
	copied, incomplete := storable(request)
	if want := cards("$CARD_NUMBER", "", "$CARD_NUMBER"); !incomplete || !proto.Equal(copied, want) {
		t.Errorf("stored %v, incomplete %t", copied, incomplete)
	}
	if !proto.Equal(request, cards("4111111111111111", "", "5500000000000004")) {
		t.Error("the request was changed")
	}
	if _, incomplete := storable(cards("")); incomplete {
		t.Error("a request without secrets is incomplete")
	}
}
