package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/encoding/protojson"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

type demoCommand struct {
	Once           bool   `help:"Exit after the table."`
	GrpcAddress    string `help:"Address for gRPC. Default: ${default}." default:"${grpc_address}" placeholder:"HOST:PORT"`
	HTTPAddress    string `help:"Address for REST. Default: ${default}." default:"${rest_address}" name:"http-address" placeholder:"HOST:PORT"`
	SandboxAddress string `help:"Address for the sandbox. Default: ${default}." default:"${sandbox_address}" placeholder:"HOST:PORT"`
}

// Help says what the demo does.
func (demoCommand) Help() string {
	return "The demo starts Enlist and a sandbox of all vendors. It creates a customer at each vendor, " +
		"prints a table, and serves until you press Ctrl-C. Port 0 selects a free port."
}

func (c *demoCommand) Run(ctx context.Context, s *streams) error {
	sandboxed, err := startSandbox(c.SandboxAddress)
	if err != nil {
		return fmt.Errorf("%w (set another one with --sandbox-address)", err)
	}
	defer sandboxed.close()
	configuration := EmbeddedConfig(sandboxed.url())
	configuration.Grpc.Address, configuration.Http.Address = c.GrpcAddress, c.HTTPAddress
	configuration.Log = &configv1.Log{Level: configv1.Log_LEVEL_WARN, Format: configv1.Log_FORMAT_TEXT}
	var removeJournal func()
	if configuration.Journal, removeJournal, err = temporaryJournal(); err != nil {
		return err
	}
	defer removeJournal()
	server, finish, err := newServer(ctx, configuration, s.openAPI, newLog(s.err, configuration.GetLog()))
	if err != nil {
		return fmt.Errorf("%w (set other ones with --grpc-address and --http-address)", err)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- errors.Join(server.Run(ctx), finish()) }()

	if err := signUp(ctx, s, server.GRPCAddress()); err != nil {
		return err
	}
	if !c.Once {
		if _, err := fmt.Fprintf(s.out, tryIt, server.GRPCAddress(), server.HTTPAddress(), sandboxed.url()); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
		case err := <-ended:
			return err
		}
	}
	stop()
	return <-ended
}

const tryIt = `
Serving gRPC on %[1]s, REST on http://%[2]s, the vendors' sandbox on %[3]s. Ctrl-C stops.

  curl http://%[2]s/v1/providers/opencell/customers/DEMO-1
  grpcurl -plaintext -d '{"provider":"opencell","customer_id":"DEMO-1"}' %[1]s enlist.v1.CustomerService/GetCustomer
`

// signUp signs one customer up with every provider, over gRPC, and prints how it went.
func signUp(ctx context.Context, s *streams, address string) error {
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer func() { _ = connection.Close() }()
	listed, err := enlistv1.NewProviderServiceClient(connection).ListProviders(ctx, &enlistv1.ListProvidersRequest{}, grpc.WaitForReady(true))
	if err != nil {
		return err
	}
	customers := enlistv1.NewCustomerServiceClient(connection)
	table := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "PROVIDER\tVENDOR\tCUSTOMER\tOUTCOME\tREAD BACK\tNOT SENT UNCHANGED") // the error shows at Flush
	failed := 0
	for _, provider := range listed.GetProviders() {
		request, err := demoRequest(provider)
		if err != nil {
			return err
		}
		row, err := signUpWith(ctx, customers, request)
		if err != nil {
			failed++
			row = "-\t" + err.Error() + "\t-\t-"
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\n", provider.GetName(), strings.TrimPrefix(provider.GetVendor().String(), "VENDOR_"), row)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d providers failed", failed, len(listed.GetProviders()))
	}
	return printContractors(ctx, s, customers, listed.GetProviders())
}

// printContractors lists who signs for the customer, at the providers that know.
func printContractors(ctx context.Context, s *streams, customers enlistv1.CustomerServiceClient, all []*enlistv1.Provider) error {
	for _, provider := range all {
		knows := slices.ContainsFunc(provider.GetRpcs(), func(rpc *enlistv1.RpcSupport) bool { return rpc.GetRpc() == "ListContractors" && rpc.GetSupported() })
		if !knows {
			continue
		}
		page, err := customers.ListContractors(ctx, &enlistv1.ListContractorsRequest{Provider: provider.GetName(), CustomerId: "DEMO-1"})
		if err != nil {
			return err
		}
		for _, contractor := range page.GetContractors() {
			name := contractor.GetName()
			if _, err := fmt.Fprintf(s.out, "\n%s: %s %s signs for DEMO-1 (contractor %s)\n", provider.GetName(), name.GetGivenName(), name.GetFamilyName(),
				contractor.GetId()); err != nil {
				return err
			}
		}
	}
	return nil
}

func signUpWith(ctx context.Context, customers enlistv1.CustomerServiceClient, request *enlistv1.CreateCustomerRequest) (string, error) {
	created, err := customers.CreateCustomer(ctx, request)
	if err != nil {
		return "", err
	}
	read, err := customers.GetCustomer(ctx, &enlistv1.GetCustomerRequest{Provider: request.GetProvider(), CustomerId: created.GetCustomer().GetId()})
	if err != nil {
		return "", err
	}
	if read.GetCustomer().GetId() != created.GetCustomer().GetId() {
		return "", errors.New("GetCustomer returned a different customer than CreateCustomer")
	}
	return fmt.Sprintf("%s\t%s\tyes\t%s", created.GetCustomer().GetId(), strings.TrimPrefix(created.GetOutcome().String(), "OUTCOME_"),
		notAsItCame(created.GetFields())), nil
}

// notAsItCame names what was not sent as it came; the answer itself also says how and why.
func notAsItCame(fields []*enlistv1.FieldFate) string {
	byFate := map[enlistv1.Fate][]string{}
	for _, field := range fields {
		name := strings.TrimPrefix(field.GetPath(), "customer.")
		if !slices.Contains(byFate[field.GetFate()], name) {
			byFate[field.GetFate()] = append(byFate[field.GetFate()], name)
		}
	}
	var parts []string
	for _, fate := range []enlistv1.Fate{enlistv1.Fate_FATE_TRANSFORMED, enlistv1.Fate_FATE_DROPPED, enlistv1.Fate_FATE_DEFAULTED} {
		if names := byFate[fate]; len(names) > 0 {
			parts = append(parts, strings.ToLower(strings.TrimPrefix(fate.String(), "FATE_"))+": "+strings.Join(names, ", "))
		}
	}
	return strings.Join(parts, "; ")
}

// demoRequest is the customer that the demo signs up.
func demoRequest(provider *enlistv1.Provider) (*enlistv1.CreateCustomerRequest, error) {
	request := &enlistv1.CreateCustomerRequest{}
	err := protojson.Unmarshal([]byte(`{
		"customer": {
			"id": "DEMO-1",
			"name": {"title": "Mr", "given_name": "John", "family_name": "Smith"},
			"display_name": "John Smith",
			"email": "john.smith@example.com",
			"mobile": "+33123546789",
			"billing_address": {"lines": ["673 Eugene Points"], "city": "Nice", "postal_code": "06000", "country_code": "FR"},
			"language_code": "fr",
			"currency_code": "EUR"
		},
		"unsupported_fields": "UNSUPPORTED_FIELDS_DROP"
	}`), request)
	request.Provider = provider.GetName()
	if provider.GetVendor() == enlistv1.Vendor_VENDOR_AVVIO { // an account there needs a password
		request.VendorOptions = &enlistv1.CreateCustomerRequest_Avvio{Avvio: &enlistv1.AvvioOptions{Password: rand.Text()}}
	}
	return request, err
}
