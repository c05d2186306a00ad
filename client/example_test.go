package client_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	"github.com/enlist-dev/enlist/client"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// flaky is a server whose first response to a creation says that the outcome is unknown.
type flaky struct {
	enlistv1.UnimplementedCustomerServiceServer

	attempts int
}

func (f *flaky) CreateCustomer(_ context.Context, request *enlistv1.CreateCustomerRequest) (*enlistv1.CreateCustomerResponse, error) {
	if f.attempts++; f.attempts == 1 {
		return nil, unknown(time.Millisecond)
	}
	return &enlistv1.CreateCustomerResponse{
		Customer: request.GetCustomer(), RequestId: request.GetRequestId(), Outcome: enlistv1.Outcome_OUTCOME_CREATED, Replayed: true,
	}, nil
}

// serve starts a server in this process. It returns its address.
func serve(customers enlistv1.CustomerServiceServer) (address string, stop func()) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	server := grpc.NewServer()
	healthy := health.NewServer() // which the service config of New checks
	healthy.SetServingStatus("enlist.v1.CustomerService", healthv1.HealthCheckResponse_SERVING)
	healthv1.RegisterHealthServer(server, healthy)
	enlistv1.RegisterCustomerServiceServer(server, customers)
	go func() { _ = server.Serve(listener) }()
	return listener.Addr().String(), server.Stop
}

// The first response is lost. CreateCustomer repeats the request with the same request_id.
func ExampleCreateCustomer() {
	address, stop := serve(&flaky{})
	defer stop()

	connection, err := client.New(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		panic(err)
	}
	defer connection.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	created, err := client.CreateCustomer(ctx, enlistv1.NewCustomerServiceClient(connection), &enlistv1.CreateCustomerRequest{
		Provider:  "opencell",
		RequestId: "0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11", // made once, stored before the first attempt
		Customer:  &enlistv1.Customer{Id: "C-1", Name: &enlistv1.PersonName{GivenName: "Ada", FamilyName: "Lovelace"}},
	}, client.OnRetry(func(retry client.Retry) {
		fmt.Println(client.Reason(retry.Err), "again in", retry.Wait)
	}))
	fmt.Println(created.GetCustomer().GetId(), created.GetOutcome(), err)
	// Output:
	// OUTCOME_UNKNOWN again in 100ms
	// C-1 OUTCOME_CREATED <nil>
}

// Without a request_id a repeated request could create a second customer.
func ExampleCreateCustomer_withoutRequestID() {
	_, err := client.CreateCustomer(context.Background(), nil, &enlistv1.CreateCustomerRequest{Provider: "opencell"})
	fmt.Println(errors.Is(err, client.ErrNoRequestID))
	// Output: true
}

// invalidField is an error as Enlist sends it.
func invalidField() error {
	described, err := status.New(codes.InvalidArgument, "customer.email is not valid.").WithDetails(
		&errdetails.ErrorInfo{Domain: "enlist", Reason: enlistv1.ErrorReason_INVALID_FIELD.String()},
		&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{
			{Field: "customer.email", Description: "must be an email address"},
		}})
	if err != nil {
		panic(err)
	}
	return described.Err()
}

func ExampleReason() {
	switch err := invalidField(); client.Reason(err) {
	case enlistv1.ErrorReason_INVALID_FIELD:
		fmt.Println("fix the request:", status.Convert(err).Message())
	case enlistv1.ErrorReason_OUTCOME_UNKNOWN:
		fmt.Println("repeat it with the same request_id")
	}
	// Output: fix the request: customer.email is not valid.
}

func ExampleDetail() {
	for _, violation := range client.Detail[*errdetails.BadRequest](invalidField()).GetFieldViolations() {
		fmt.Println(violation.GetField(), violation.GetDescription())
	}
	// Output: customer.email must be an email address
}
