package cli

import (
	"context"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

type customersCommand struct {
	Create createCommand `cmd:"" help:"Create a customer. A repeated command creates no second one."`
	Get    getCommand    `cmd:"" help:"Show a customer as the vendor has it."`
	Export exportCommand `cmd:"" help:"Show all that a server holds of a customer."`
	Erase  eraseCommand  `cmd:"" help:"Erase it, for good. Repeat the command if it fails."`
}

type getCommand struct {
	ID       string `arg:"" help:"Id of the customer." name:"id"`
	Provider string `help:"Name of the provider." required:"" short:"p" placeholder:"NAME"`
	Record   bool   `help:"Add the vendor's whole record."`
	remote   `embed:""`
}

// Validate checks the flags.
func (c *getCommand) Validate() error { return c.validate() }

// Run prints a customer.
func (c *getCommand) Run(ctx context.Context, s *streams) error {
	request := &enlistv1.GetCustomerRequest{Provider: c.Provider, CustomerId: c.ID, IncludeVendorRecord: c.Record}
	connection, err := c.connect()
	if err != nil {
		return err
	}
	defer func() { _ = connection.Close() }()
	response, err := read(ctx, request, enlistv1.NewCustomerServiceClient(connection).GetCustomer)
	if err != nil {
		return c.explain(err, map[string]string{"provider": "--provider", "customer_id": "ID"})
	}
	if c.Output == "json" {
		return printJSON(s.out, response)
	}
	rows, err := rowsOf(response.GetCustomer())
	if err != nil {
		return err
	}
	if err := printTable(s.out, []string{"FIELD", "VALUE"}, rows); err != nil {
		return err
	}
	if c.Record {
		record, err := rowsOf(response.GetVendorRecord())
		if err != nil {
			return err
		}
		if err := printSection(s.out, []string{"VENDOR FIELD", "VALUE"}, record); err != nil {
			return err
		}
	}
	return printWarnings(s.out, response.GetWarnings())
}

type contractorsCommand struct {
	List listContractorsCommand `cmd:"" help:"List the contractors of a customer: the people who sign for it."`
}

type listContractorsCommand struct {
	ID       string `arg:"" help:"Id of the customer." name:"customer-id"`
	Provider string `help:"Name of the provider." required:"" short:"p" placeholder:"NAME"`
	remote   `embed:""`
}

// Validate checks the flags.
func (c *listContractorsCommand) Validate() error { return c.validate() }

// Run prints all contractors of a customer.
func (c *listContractorsCommand) Run(ctx context.Context, s *streams) error {
	connection, err := c.connect()
	if err != nil {
		return err
	}
	defer func() { _ = connection.Close() }()
	customers := enlistv1.NewCustomerServiceClient(connection)
	request, all := &enlistv1.ListContractorsRequest{Provider: c.Provider, CustomerId: c.ID}, &enlistv1.ListContractorsResponse{}
	for more := true; more; more = request.GetPageToken() != "" {
		page, err := read(ctx, request, customers.ListContractors)
		if err != nil {
			return c.explain(err, map[string]string{"provider": "--provider", "customer_id": "CUSTOMER-ID"})
		}
		all.Contractors = append(all.Contractors, page.GetContractors()...)
		request.PageToken = page.GetNextPageToken()
	}
	if c.Output == "json" {
		return printJSON(s.out, all)
	}
	rows := make([][]string, len(all.GetContractors()))
	for i, contractor := range all.GetContractors() {
		rows[i] = []string{contractor.GetId(), fullName(contractor.GetName()), contractor.GetEmail(), contractor.GetMobile()}
	}
	return printTable(s.out, []string{"ID", "NAME", "EMAIL", "MOBILE"}, rows)
}
