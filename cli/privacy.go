package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// subject is the customer whose data a command exports or erases.
type subject struct {
	ID        string  `arg:"" optional:"" help:"Id of the customer." name:"customer-id"`
	Provider  string  `help:"Name of the provider." required:"" short:"p" placeholder:"NAME"`
	RequestID string  `help:"Name a creation instead of a customer." placeholder:"UUID"`
	Principal *string `help:"Its caller, if that was another one." placeholder:"NAME"`
}

func (c *subject) validate() error {
	if (c.ID == "") == (c.RequestID == "") {
		return errors.New("name the customer: either CUSTOMER-ID or --request-id")
	}
	return nil
}

// flags say how a field of a request is set.
func (c *subject) flags() map[string]string {
	return map[string]string{
		"provider": "--provider", "customer_id": "CUSTOMER-ID", "request_id": "--request-id", "principal": "--principal",
		"decided_by": "--by", "reason": "--reason",
	}
}

// request returns the request for the first page of what the server holds.
func (c *subject) request() *enlistv1.ExportCustomerDataRequest {
	request := &enlistv1.ExportCustomerDataRequest{
		Provider: c.Provider, Principal: c.Principal, Subject: &enlistv1.ExportCustomerDataRequest_CustomerId{CustomerId: c.ID},
	}
	if c.ID == "" {
		request.Subject = &enlistv1.ExportCustomerDataRequest_RequestId{RequestId: c.RequestID}
	}
	return request
}

type exportCommand struct {
	subject    `embed:""`
	VendorFile string `help:"File for the vendor's own export." type:"path" placeholder:"FILE"`
	remote     `embed:""`
}

// Help says what a person must look at.
func (exportCommand) Help() string {
	return "Look before you hand it out: a refused creation under a taken id may be another person's."
}

// Validate checks the flags.
func (c *exportCommand) Validate() error {
	return errors.Join(c.subject.validate(), c.remote.validate())
}

// Run prints all that the server holds of a customer.
func (c *exportCommand) Run(ctx context.Context, s *streams) error {
	connection, err := c.connect()
	if err != nil {
		return err
	}
	defer func() { _ = connection.Close() }()
	request := c.request()
	request.IncludeVendorExport = c.VendorFile != ""
	held, err := readHeld(ctx, connection, request)
	if err != nil {
		return c.explain(err, c.flags())
	}
	if err := c.writeVendorFile(held); err != nil {
		return err
	}
	if c.Output == "json" {
		return printJSON(s.out, held)
	}
	if err := printHeld(s, held); err != nil {
		return err
	}
	for i, operation := range held.GetOperations() {
		if err := printHeldOperation(s, fmt.Sprintf("Operation %d of %d", i+1, len(held.GetOperations())), operation); err != nil {
			return err
		}
	}
	return printNotes(s, held.GetVendorNote())
}

// writeVendorFile writes the vendor's export to a new file, for this user alone.
func (c *exportCommand) writeVendorFile(held *enlistv1.ExportCustomerDataResponse) error {
	if c.VendorFile == "" || len(held.GetVendorExport()) == 0 {
		return nil
	}
	file, err := os.OpenFile(c.VendorFile, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(held.GetVendorExport())
	held.VendorExport = nil
	return errors.Join(err, file.Close())
}

type eraseCommand struct {
	subject  `embed:""`
	By       string `help:"Name of the person who decided; required." placeholder:"NAME"`
	Reason   string `help:"Why; required. Name a case, not the customer." placeholder:"TEXT"`
	AtVendor bool   `help:"Erase the customer at the vendor, too."`
	Yes      bool   `help:"Do not ask for confirmation." short:"y"`
	remote   `embed:""`
}

// Validate checks the flags.
func (c *eraseCommand) Validate() error {
	if c.By == "" || c.Reason == "" {
		return errors.New("--by and --reason must say who decided, and why")
	}
	return errors.Join(c.subject.validate(), c.remote.validate())
}

// Run erases what the server holds of a customer.
func (c *eraseCommand) Run(ctx context.Context, s *streams) error {
	connection, err := c.connect()
	if err != nil {
		return err
	}
	defer func() { _ = connection.Close() }()
	if !c.Yes {
		held, err := readHeld(ctx, connection, c.request())
		if err != nil {
			return c.explain(err, c.flags())
		}
		if len(held.GetOperations()) == 0 && !c.AtVendor {
			return c.print(s, &enlistv1.EraseCustomerDataResponse{})
		}
		if err := c.confirm(s, held); err != nil {
			return err
		}
	}
	request := &enlistv1.EraseCustomerDataRequest{
		Provider: c.Provider, Principal: c.Principal, Subject: &enlistv1.EraseCustomerDataRequest_CustomerId{CustomerId: c.ID},
		EraseAtVendor: c.AtVendor, DecidedBy: c.By, Reason: c.Reason,
	}
	if c.ID == "" {
		request.Subject = &enlistv1.EraseCustomerDataRequest_RequestId{RequestId: c.RequestID}
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	erased, err := enlistv1.NewPrivacyServiceClient(connection).EraseCustomerData(ctx, request)
	if err != nil {
		return c.explain(err, c.flags())
	}
	return c.print(s, erased)
}

// print shows what was erased.
func (c *eraseCommand) print(s *streams, erased *enlistv1.EraseCustomerDataResponse) error {
	if c.Output == "json" {
		return printJSON(s.out, erased)
	}
	if len(erased.GetOperations()) == 0 {
		_, err := fmt.Fprintln(s.out, holdsNothing)
		return errors.Join(err, printNotes(s, append(erased.GetLeft(), erased.GetVendorNote())...))
	}
	rows := make([][]string, len(erased.GetOperations()))
	for i, operation := range erased.GetOperations() {
		rows[i] = []string{
			operation.GetRequestId(), operation.GetPrincipal(), operation.GetEraseTime().AsTime().Format(time.DateTime),
			operation.GetExpireTime().AsTime().Format(time.DateTime),
		}
	}
	if err := printTable(s.out, []string{"REQUEST ID", "CALLER", "ERASED", "TOMBSTONE UNTIL"}, rows); err != nil {
		return err
	}
	return printNotes(s, append(erased.GetLeft(), erased.GetVendorNote())...)
}

const holdsNothing = "Enlist holds nothing of this customer."

// confirm shows what will be erased, and reads a yes.
func (c *eraseCommand) confirm(s *streams, held *enlistv1.ExportCustomerDataResponse) error {
	if err := printHeld(s, held); err != nil {
		return err
	}
	what := "with these operations in Enlist"
	switch {
	case len(held.GetOperations()) == 0:
		what = "at provider " + c.Provider
	case c.AtVendor:
		what += " and at provider " + c.Provider
	}
	if !s.confirmed(fmt.Sprintf("\nErase the customer %s? Nothing brings the data back.", what)) {
		return errors.New("nothing was erased. Type yes, or add --yes")
	}
	return nil
}

// readHeld reads all pages of what the server holds of a customer.
func readHeld(
	ctx context.Context, connection *grpc.ClientConn, request *enlistv1.ExportCustomerDataRequest,
) (*enlistv1.ExportCustomerDataResponse, error) {
	privacy := enlistv1.NewPrivacyServiceClient(connection)
	var all *enlistv1.ExportCustomerDataResponse
	for {
		page, err := read(ctx, request, privacy.ExportCustomerData)
		if err != nil {
			return nil, err
		}
		if all == nil {
			all = page
		} else {
			all.Operations = append(all.Operations, page.GetOperations()...)
		}
		if request.PageToken = page.GetNextPageToken(); request.GetPageToken() == "" {
			all.NextPageToken = ""
			return all, nil
		}
	}
}

// printHeld lists operations.
func printHeld(s *streams, held *enlistv1.ExportCustomerDataResponse) error {
	if len(held.GetOperations()) == 0 {
		_, err := fmt.Fprintln(s.out, holdsNothing)
		return err
	}
	rows := make([][]string, len(held.GetOperations()))
	for i, one := range held.GetOperations() {
		operation := one.GetOperation()
		rows[i] = []string{
			operation.GetRequestId(), operation.GetPrincipal(), shortName(operation.GetState(), "OPERATION_STATE_"), operation.GetCustomerId(),
			operation.GetCreateTime().AsTime().Format(time.DateTime),
		}
	}
	return printTable(s.out, []string{"REQUEST ID", "CALLER", "STATE", "CUSTOMER", "CREATED"}, rows)
}

// printHeldOperation prints all parts of an operation under a title.
func printHeldOperation(s *streams, title string, held *enlistv1.HeldOperation) error {
	operation := held.GetOperation()
	if _, err := fmt.Fprintf(s.out, "\n%s: request_id %s\n", title, operation.GetRequestId()); err != nil {
		return err
	}
	type part struct {
		name    string
		message proto.Message
	}
	facts := proto.CloneOf(operation) // what no other part shows: the state, why it waits, and how long Enlist holds it
	facts.Tries, facts.Result, facts.Decision, facts.EarlierDecisions, facts.Erasure = nil, nil, nil, nil, nil
	parts := []part{{"OPERATION", facts}, {"REQUEST", held.GetRequest()}}
	for _, try := range operation.GetTries() {
		parts = append(parts, part{fmt.Sprintf("EXCHANGE %d WITH THE VENDOR", try.GetNumber()), try})
	}
	parts = append(parts, part{"RESPONSE", operation.GetResponse()}, part{"ERROR", operation.GetError()})
	for _, decision := range operation.GetEarlierDecisions() {
		parts = append(parts, part{"EARLIER DECISION", decision})
	}
	parts = append(parts, part{"DECISION", operation.GetDecision()}, part{"ERASURE", operation.GetErasure()})
	for _, part := range parts {
		rows, err := rowsOf(part.message)
		if err != nil {
			return err
		}
		if err := printSection(s.out, []string{part.name, "VALUE"}, rows); err != nil {
			return err
		}
	}
	return nil
}

// printNotes prints sentences, each on a line of its own.
func printNotes(s *streams, notes ...string) error {
	for _, note := range notes {
		if note == "" {
			continue
		}
		if _, err := fmt.Fprintf(s.out, "\n%s\n", printable(note)); err != nil {
			return err
		}
	}
	return nil
}
