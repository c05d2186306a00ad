package wire_test

import (
	"fmt"

	caliqv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/caliq/v1"
	"github.com/enlist-dev/enlist/providers/wire"
)

// The names are the vendor's, and secrets have a form that may be shown.
func ExampleBody() {
	body, redacted := wire.Body(&caliqv1.CustomerCreateParams{ApiKey: "k-1", Surname: "Lovelace", Country: "GBR"})
	fmt.Println(string(body))
	fmt.Println(string(redacted(wire.Placeholder)))
	// Output:
	// {"apiKey":"k-1","Country":"GBR","Surname":"Lovelace"}
	// {"apiKey":"$API_KEY","Country":"GBR","Surname":"Lovelace"}
}

// A member of another type costs that member, not the response.
func ExampleRead() {
	response := &caliqv1.CustomerCreateResults{}
	odd, err := wire.Read([]byte(`{"CustomerCreateData": {"OK": true, "AccountID": {}, "AccountNo": 7}}`), response)
	fmt.Println(response.GetCustomerCreateData().GetOk(), response.GetCustomerCreateData().GetAccountNo(), err)
	fmt.Println(len(odd), "odd members")
	// Output:
	// true 7 <nil>
	// 2 odd members
}
