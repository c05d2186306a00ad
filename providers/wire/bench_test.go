package wire

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	opencellv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/opencell/v1"
)

func BenchmarkJSON(b *testing.B) {
	message := &opencellv1.CrmAccountHierarchy{Code: "CLASSIC-C00", Description: "John Smith", Email: "qa@example.com", Language: "FRA", Currency: "EUR"}
	b.ReportAllocs()
	for b.Loop() {
		JSON(message)
	}
}

// BenchmarkMembers measures the redaction of a response to a creation.
func BenchmarkMembers(b *testing.B) {
	members := NewMembers("tokenId", "iban")
	b.ReportAllocs()
	for b.Loop() {
		members.Redact(`{"message":"","status":"SUCCESS"}`)
	}
}

// heldCustomer is Opencell's response to a look-up of a customer.
var heldCustomer = []byte(strings.ReplaceAll(`{"actionStatus":{"status":"SUCCESS","message":""},"customer":{"code":"$CODE","description":"John Smith",`+
	`"name":{"title":"MR","firstName":"John","lastName":"Smith"},`+
	`"address":{"address1":"673 Eugene Points","zipCode":"92136","city":"New Taryn","country":"FR"},`+
	`"contactInformation":{"email":"qa@example.com","mobile":"+33123546789"},"customerCategory":"CLIENT","isCompany":false,"seller":"MAIN_SELLER",`+
	`"customerAccounts":{"customerAccount":[{"code":"$CODE","customer":"$CODE","currency":"EUR","language":"FRA","status":"ACTIVE",`+
	`"billingAccounts":{"billingAccount":[{"code":"$CODE","customerAccount":"$CODE","billingCycle":"BC_MONTHLY_1ST","country":"FR","language":"FRA",`+
	`"userAccounts":{"userAccount":[{"code":"$CODE","billingAccount":"$CODE"}]}}]}}]}}}`, "$CODE", "0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11"))

func read(data []byte, message proto.Message) error {
	_, err := Read(data, message)
	return err
}

// BenchmarkUnmarshal measures the decoding of a customer: with protojson, with Unmarshal, and with
// an escape, which protojson decodes in the end. Read costs as much, unless a member is odd.
func BenchmarkUnmarshal(b *testing.B) {
	for _, c := range []struct {
		name      string
		unmarshal func([]byte, proto.Message) error
		data      []byte
	}{
		{"wire", Unmarshal, heldCustomer},
		{"protojson", viaProtojson, heldCustomer},
		{"Read", read, heldCustomer},
		{"Read, odd", read, []byte(strings.ReplaceAll(string(heldCustomer), `"92136"`, `92136`))},
		{"wire, escape", Unmarshal, []byte(strings.ReplaceAll(string(heldCustomer), "Points", `Poi\u006ets`))},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := c.unmarshal(c.data, &opencellv1.GetCustomerAnswer{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
