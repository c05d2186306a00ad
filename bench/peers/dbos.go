package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/dbos-inc/dbos-transact-golang/dbos"
	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"

	"github.com/enlist-dev/enlist/bench/byhand"
)

// withDBOS creates a customer in a workflow of one step. The workflow id is the request id, so a
// repeated request gets the result of the first.
type withDBOS struct {
	byhand.Bare
	dbos dbos.Context
}

// openDBOS starts DBOS, which first resumes the workflows of a killed process.
func openDBOS(ctx context.Context, vendor *byhand.Vendor, dsn string) (enlistv1.CustomerServiceServer, func(), error) {
	logger := slog.New(slog.DiscardHandler)
	running, err := dbos.NewContext(ctx, dbos.Config{AppName: "peers", DatabaseURL: dsn, Logger: logger})
	if err != nil {
		return nil, nil, err
	}
	d := &withDBOS{Bare: byhand.Bare{Vendor: vendor}, dbos: running}
	dbos.RegisterWorkflow(running, d.create)
	if err := dbos.Launch(running); err != nil {
		return nil, nil, err
	}
	return d, func() { dbos.Shutdown(running, 5*time.Second) }, nil
}

// create is the workflow. It returns the encoded response.
func (d *withDBOS) create(ctx dbos.Context, request []byte) ([]byte, error) {
	return dbos.RunAsStep(ctx, func(ctx context.Context) ([]byte, error) {
		decoded := &enlistv1.CreateCustomerRequest{}
		if err := proto.Unmarshal(request, decoded); err != nil {
			return nil, err
		}
		response, err := d.Bare.CreateCustomer(ctx, decoded)
		if err != nil {
			return nil, err
		}
		return proto.Marshal(response)
	})
}

// CreateCustomer runs the workflow and waits for its result.
func (d *withDBOS) CreateCustomer(_ context.Context, request *enlistv1.CreateCustomerRequest) (*enlistv1.CreateCustomerResponse, error) {
	body, err := proto.Marshal(request)
	if err != nil {
		return nil, err
	}
	handle, err := dbos.RunWorkflow(d.dbos, d.create, body, dbos.WithWorkflowID(request.GetRequestId()))
	if err != nil {
		return nil, err
	}
	result, err := handle.GetResult()
	if err != nil {
		return nil, err
	}
	response := &enlistv1.CreateCustomerResponse{}
	return response, proto.Unmarshal(result, response)
}
