package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/encoding/protojson"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers/registry"
	"github.com/enlist-dev/enlist/server/config"
)

type demoCommand struct {
	Once           bool   `help:"Exit after the last customer."`
	GrpcAddress    string `help:"Address for gRPC. Default: ${default}." default:"${grpc_address}" placeholder:"HOST:PORT"`
	HTTPAddress    string `help:"Address for REST. Default: ${default}." default:"${rest_address}" name:"http-address" placeholder:"HOST:PORT"`
	SandboxAddress string `help:"Address for the sandbox. Default: ${default}." default:"${sandbox_address}" placeholder:"HOST:PORT"`
}

// Help says what the demo does.
func (demoCommand) Help() string {
	return "The demo starts Enlist and a sandbox of all vendors. It creates a customer at each vendor, " +
		"prints the outcomes, and serves until you press Ctrl-C. Port 0 selects a free port."
}

func (c *demoCommand) Run(ctx context.Context, s *streams) error {
	for flag, address := range map[string]string{"--grpc-address": c.GrpcAddress, "--http-address": c.HTTPAddress} {
		if !config.IsLoopback(address) { // it has no authentication
			return fmt.Errorf("%s must be on this machine, for example 127.0.0.1:9090", flag)
		}
	}
	sandboxed, err := startSandbox(c.SandboxAddress)
	if err != nil {
		return fmt.Errorf("%w (--sandbox-address sets another address)", err)
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
	server, finish, err := newServer(ctx, configuration, nil, s, newLog(s.err, configuration.GetLog()), newMetrics())
	if err != nil {
		return fmt.Errorf("%w (--grpc-address and --http-address set other addresses)", err)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- errors.Join(server.Run(ctx), finish()) }()

	if err := createAll(ctx, s, server.GRPCAddress()); err != nil {
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

// tryIt fits 80 columns, and its commands can be pasted.
const tryIt = `
Serving until you press Ctrl-C:
  gRPC     %[1]s
  REST     http://%[2]s
  sandbox  %[3]s

Open http://%[2]s/docs, or run:
  curl http://%[2]s/v1/providers/opencell/customers/DEMO-1
  grpcurl -plaintext -d '{"provider": "opencell", "customer_id": "DEMO-1"}' \
    %[1]s enlist.v1.CustomerService/GetCustomer
`

// created is what the demo prints of one provider.
type created struct {
	provider, customer string
	outcome            enlistv1.Outcome
	fields             []*enlistv1.FieldFate
	err                error
}

// createAll creates a customer at every provider, over gRPC, and prints the results.
func createAll(ctx context.Context, s *streams, address string) error {
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return err
	}
	defer func() { _ = connection.Close() }()
	listed, err := enlistv1.NewProviderServiceClient(connection).
		ListProviders(ctx, &enlistv1.ListProvidersRequest{}, grpc.WaitForReady(true))
	if err != nil {
		return err
	}
	customers := enlistv1.NewCustomerServiceClient(connection)
	var all []created
	for _, provider := range listed.GetProviders() {
		all = append(all, createAt(ctx, customers, provider))
	}
	if err := printCreated(s.out, all); err != nil {
		return err
	}
	return printContractors(ctx, s, customers, listed.GetProviders())
}

// createAt creates a customer at a provider and reads it back.
func createAt(
	ctx context.Context, customers enlistv1.CustomerServiceClient, provider *enlistv1.Provider,
) created {
	result := created{provider: provider.GetName()}
	request, err := demoRequest(provider)
	if err != nil {
		result.err = err
		return result
	}
	response, err := customers.CreateCustomer(ctx, request)
	if err != nil {
		result.err = err
		return result
	}
	result.customer, result.outcome, result.fields = response.GetCustomer().GetId(), response.GetOutcome(), response.GetFields()
	read, err := customers.GetCustomer(ctx, &enlistv1.GetCustomerRequest{Provider: result.provider, CustomerId: result.customer})
	if err == nil && read.GetCustomer().GetId() != result.customer {
		err = errors.New("GetCustomer returned a different customer than CreateCustomer")
	}
	result.err = err
	return result
}

// printCreated prints a table of the results, and the fields that were not sent as given. It
// returns an error if a provider failed.
func printCreated(out io.Writer, all []created) error {
	failed := 0
	var fields []string
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "PROVIDER\tCUSTOMER\tOUTCOME\tREAD BACK") // Flush returns the error
	for _, result := range all {
		outcome, read, about := strings.TrimPrefix(result.outcome.String(), "OUTCOME_"), "yes", notSentAsGiven(result.fields)
		if result.err != nil {
			outcome, read, about = "FAILED", "no", []string{result.err.Error()}
			failed++
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", result.provider, cmp.Or(result.customer, "-"), outcome, read)
		for i, line := range about {
			name := result.provider
			if i > 0 {
				name = ""
			}
			fields = append(fields, wrap(fmt.Sprintf("%-13s%s", name, line), 13))
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if failed > 0 {
		_, _ = fmt.Fprintf(out, "\n%s\n", strings.Join(fields, "\n"))
		return fmt.Errorf("%d of %d providers failed", failed, len(all))
	}
	_, err := fmt.Fprintf(out, "\nFields that were not sent as given:\n%s\n", strings.Join(fields, "\n"))
	return err
}

// wrap breaks text into lines of 80 columns. Lines after the first begin with an indent.
func wrap(text string, indent int) string {
	var lines []string
	for len(text) > helpWidth {
		end := strings.LastIndexByte(text[:helpWidth+1], ' ')
		if end <= indent { // a word that is longer than a line
			break
		}
		lines = append(lines, text[:end])
		text = strings.Repeat(" ", indent) + text[end+1:]
	}
	return strings.Join(append(lines, text), "\n")
}

// printContractors lists who signs for the customer, at the providers that know.
func printContractors(
	ctx context.Context, s *streams, customers enlistv1.CustomerServiceClient, all []*enlistv1.Provider,
) error {
	for _, provider := range all {
		supported := slices.ContainsFunc(provider.GetRpcs(), func(rpc *enlistv1.RpcSupport) bool {
			return rpc.GetRpc() == "ListContractors" && rpc.GetSupported()
		})
		if !supported {
			continue
		}
		page, err := customers.ListContractors(ctx, &enlistv1.ListContractorsRequest{Provider: provider.GetName(), CustomerId: "DEMO-1"})
		if err != nil {
			return err
		}
		for _, contractor := range page.GetContractors() {
			name := contractor.GetName()
			if _, err := fmt.Fprintf(s.out, "\n%s: %s %s signs for DEMO-1 (contractor %s)\n", provider.GetName(),
				name.GetGivenName(), name.GetFamilyName(), contractor.GetId()); err != nil {
				return err
			}
		}
	}
	return nil
}

// notSentAsGiven names the fields that were transformed, dropped or filled with a default, on a
// line for each of these. The response also says how and why.
func notSentAsGiven(fields []*enlistv1.FieldFate) []string {
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
	return parts
}

// demoRequest returns the request of the demo.
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
	registry.CompleteDemo(provider.GetVendor(), request)
	return request, err
}
