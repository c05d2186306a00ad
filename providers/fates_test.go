package providers

import (
	"testing"

	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// A value that was sent stays, even if its neighbours in a list or map were dropped.
func TestWithoutDropped(t *testing.T) {
	request := &enlistv1.CreateCustomerRequest{Customer: &enlistv1.Customer{
		Website: "w", BillingAddress: &enlistv1.Address{Lines: []string{"1", "2", "3", "4", "5"}, City: "Nice"},
		Properties: map[string]string{"a": "1", `b."c"]`: "2"},
	}}
	var fates []*enlistv1.FieldFate
	for _, path := range []string{
		"customer.website", "customer.billing_address.lines[2]", "customer.billing_address.lines[3]", "customer.billing_address.lines[4]",
		`customer.properties["b.\"c\"]"]`,
	} {
		fates = append(fates, &enlistv1.FieldFate{Path: path, Fate: enlistv1.Fate_FATE_DROPPED})
	}
	want := &enlistv1.Customer{
		BillingAddress: &enlistv1.Address{Lines: []string{"1", "2"}, City: "Nice"}, Properties: map[string]string{"a": "1"},
	}
	if got := WithoutDropped(request, fates); !proto.Equal(got, want) {
		t.Errorf("kept %v", got)
	}
	if len(request.GetCustomer().GetBillingAddress().GetLines()) != 5 {
		t.Error("the request is changed")
	}
}
