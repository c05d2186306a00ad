// Command go signs customers up with Enlist, reads its errors, and pages through a list.
//
// Start `enlist demo` first. ENLIST_GRPC and ENLIST_SANDBOX say where it is when it is not at its usual addresses.
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
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	_ "google.golang.org/grpc/health" // the service config asks for health checks
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/status"

	"github.com/enlist-dev/enlist/gen/go/enlist/serviceconfig"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

func main() {
	connection, err := grpc.NewClient(
		cmp.Or(os.Getenv("ENLIST_GRPC"), "127.0.0.1:9090"),
		grpc.WithTransportCredentials(insecure.NewCredentials()), // beyond this machine: credentials.NewTLS
		grpc.WithDefaultServiceConfig(serviceconfig.JSON),
		grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 30 * time.Second, Timeout: 10 * time.Second}),
	)
	if err != nil {
		log.Fatal(err)
	}
	customers := enlistv1.NewCustomerServiceClient(connection)
	for _, step := range []func(enlistv1.CustomerServiceClient) error{create, createAndLoseTheAnswer, readErrors, listContractors} {
		if err := step(customers); err != nil {
			log.Fatal(err)
		}
	}
}

// newRequest makes a create with a request_id of its own, made once, before the first try. A real program stores it with its order.
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

// withDeadline sends a create. The deadline is how long this program waits, not how long Enlist tries.
func withDeadline(customers enlistv1.CustomerServiceClient, request *enlistv1.CreateCustomerRequest) (*enlistv1.CreateCustomerResponse, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	return customers.CreateCustomer(ctx, request)
}

// create creates a customer.
func create(customers enlistv1.CustomerServiceClient) error {
	answer, err := withDeadline(customers, newRequest())
	if err != nil {
		return err
	}
	fmt.Println("created", answer.GetCustomer().GetId(), answer.GetOutcome())
	return nil
}

// createAndLoseTheAnswer creates a customer at a vendor that takes it and hangs up. The same request again brings the end, and never a second
// customer.
func createAndLoseTheAnswer(customers enlistv1.CustomerServiceClient) error {
	if err := makeFault(); err != nil {
		return err
	}
	request := newRequest()
	for {
		answer, err := withDeadline(customers, request)
		if err == nil {
			fmt.Printf("settled %s replayed=%t\n", answer.GetCustomer().GetId(), answer.GetReplayed())
			return nil
		}
		retry, code := detail[*errdetails.RetryInfo](err), status.Code(err)
		switch {
		case retry != nil:
			fmt.Println("unknown", detail[*errdetails.ErrorInfo](err).GetReason())
			time.Sleep(retry.GetRetryDelay().AsDuration())
		case code == codes.Unavailable, code == codes.DeadlineExceeded: // the answer was lost on the way to here
			time.Sleep(time.Second)
		default: // calling again does not help
			return err
		}
	}
}

// readErrors sends a request that is wrong, and one that the vendor refuses.
func readErrors(customers enlistv1.CustomerServiceClient) error {
	wrong := newRequest()
	wrong.Customer.Email = "john.smith"
	wrong.Customer.BillingAddress.CountryCode = "France"
	_, err := withDeadline(customers, wrong)
	for _, violation := range detail[*errdetails.BadRequest](err).GetFieldViolations() {
		fmt.Printf("invalid %s: %s\n", violation.GetField(), violation.GetDescription())
	}

	refused := newRequest()
	refused.VendorOptions = &enlistv1.CreateCustomerRequest_Opencell{Opencell: &enlistv1.OpencellOptions{BillingCycle: "NO_SUCH_CYCLE"}}
	_, err = withDeadline(customers, refused)
	for _, message := range detail[*enlistv1.VendorError](err).GetMessages() {
		fmt.Println("refused", detail[*errdetails.ErrorInfo](err).GetReason(), message.GetMessage())
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

// detail finds the detail of a type in an error; nil for none.
func detail[T any](err error) T {
	for _, detail := range status.Convert(err).Details() {
		if found, ok := detail.(T); ok {
			return found
		}
	}
	var none T
	return none
}

// makeFault tells the sandbox to lose its next answer. Only an example needs this.
func makeFault() error {
	sandbox := cmp.Or(os.Getenv("ENLIST_SANDBOX"), "http://127.0.0.1:8090")
	response, err := http.Post(sandbox+"/sandbox/faults", "application/json", strings.NewReader(
		`{"vendor": "opencell", "operation": "create", "kind": "drop_after", "times": 1}`))
	if err != nil {
		return err
	}
	return response.Body.Close()
}
