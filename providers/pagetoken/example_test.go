package pagetoken_test

import (
	"fmt"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers/pagetoken"
)

// A token belongs to one list.
func Example() {
	request := &enlistv1.ListContractorsRequest{Provider: "sellandsign", CustomerId: "C-1", PageSize: 50}
	request.PageToken = pagetoken.Next(request, 50)
	fmt.Println(pagetoken.Offset(request))

	request.CustomerId = "C-2"
	_, err := pagetoken.Offset(request)
	fmt.Println(err)
	// Output:
	// 50 <nil>
	// INVALID_FIELD: page_token is not valid. Start again without page_token.
}
