// Command go creates customers through Enlist, reads its errors, and pages through a list.
//
// Start `enlist demo` first. ENLIST_GRPC and ENLIST_SANDBOX name its addresses if they are not the
// default ones.
package main

import (
	"cmp"
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/enlist-dev/enlist/client"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

func main() {
	connection, err := client.New(
		cmp.Or(os.Getenv("ENLIST_GRPC"), "127.0.0.1:9090"),
		grpc.WithTransportCredentials(insecure.NewCredentials()), // beyond this machine: credentials.NewTLS
	)
	if err != nil {
		log.Fatal(err)
	}
	customers := enlistv1.NewCustomerServiceClient(connection)
	for _, step := range []func(enlistv1.CustomerServiceClient) error{create, createAndLoseTheResponse, readErrors, listContractors} {
		if err := step(customers); err != nil {
			log.Fatal(err)
		}
	}
}

// newRequest returns a request with a request_id of its own, made once, before the first attempt. A
// real program stores it with its order.
func newRequest() *enlistv1.CreateCustomerRequest {
	requestID := uuid.NewString()
	return &enlistv1.CreateCustomerRequest{
		Provider:  "opencell",
		RequestId: requestID,
		Customer: &enlistv1.Customer{
			Id:    "GO-" + requestID,
			Name:  &enlistv1.PersonName{Title: "Mr", GivenName: "John", FamilyName: "Smith"},
			Email: "john.smith@example.com",
			BillingAddress: &enlistv1.Address{
				Lines: []string{"673 Eugene Points"}, City: "Nice", PostalCode: "06000", CountryCode: "FR",
			},
		},
	}
}

// settle creates a customer and repeats the request until the outcome is settled, for at most a
// minute. That is how long this program waits, not how long Enlist tries.
func settle(customers enlistv1.CustomerServiceClient, request *enlistv1.CreateCustomerRequest) (*enlistv1.CreateCustomerResponse, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return client.CreateCustomer(ctx, customers, request, client.OnRetry(func(retry client.Retry) {
		if info := client.Detail[*errdetails.ErrorInfo](retry.Err); info != nil { // else the response was lost
			fmt.Println("unknown", info.GetReason())
		}
	}))
}

// create creates a customer.
func create(customers enlistv1.CustomerServiceClient) error {
	response, err := settle(customers, newRequest())
	if err != nil {
		return err
	}
	fmt.Println("created", response.GetCustomer().GetId(), response.GetOutcome())
	return nil
}

// createAndLoseTheResponse loses the vendor's response to a creation. The repeated request returns
// the customer.
func createAndLoseTheResponse(customers enlistv1.CustomerServiceClient) error {
	if err := makeFault(); err != nil {
		return err
	}
	response, err := settle(customers, newRequest())
	if err != nil {
		return err
	}
	fmt.Printf("settled %s replayed=%t\n", response.GetCustomer().GetId(), response.GetReplayed())
	return nil
}

// readErrors sends an invalid request, and one that the vendor refuses.
func readErrors(customers enlistv1.CustomerServiceClient) error {
	wrong := newRequest()
	wrong.Customer.Email = "john.smith"
	wrong.Customer.BillingAddress.CountryCode = "France"
	_, err := settle(customers, wrong)
	for _, violation := range client.Detail[*errdetails.BadRequest](err).GetFieldViolations() {
		fmt.Printf("invalid %s: %s\n", violation.GetField(), violation.GetDescription())
	}

	refused := newRequest()
	refused.VendorOptions = &enlistv1.CreateCustomerRequest_Opencell{Opencell: &enlistv1.OpencellOptions{BillingCycle: "NO_SUCH_CYCLE"}}
	_, err = settle(customers, refused)
	for _, message := range client.Detail[*enlistv1.VendorError](err).GetMessages() {
		fmt.Println("refused", client.Detail[*errdetails.ErrorInfo](err).GetReason(), message.GetMessage())
	}
	return nil
}

// listContractors reads all pages of a list.
func listContractors(customers enlistv1.CustomerServiceClient) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	request := &enlistv1.ListContractorsRequest{Provider: "sellandsign", CustomerId: "DEMO-1", PageSize: 1}
	for {
		page, err := customers.ListContractors(ctx, request)
		if err != nil {
			return err
		}
		for _, contractor := range page.GetContractors() {
			fmt.Println("contractor", contractor.GetId())
		}
		if request.PageToken = page.GetNextPageToken(); request.PageToken == "" {
			return nil
		}
	}
}

// makeFault makes the sandbox lose its next response. Only an example needs this.
func makeFault() error {
	sandbox := cmp.Or(os.Getenv("ENLIST_SANDBOX"), "http://127.0.0.1:8090")
	response, err := http.Post(sandbox+"/sandbox/faults", "application/json", strings.NewReader(
		`{"vendor": "opencell", "operation": "create", "kind": "drop_after", "times": 1}`))
	if err != nil {
		return err
	}
	return response.Body.Close()
}
