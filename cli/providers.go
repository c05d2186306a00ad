package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"google.golang.org/grpc"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

type providersCommand struct {
	List listProvidersCommand `cmd:"" help:"List the providers: connections to vendors that the server has."`
	Get  getProviderCommand   `cmd:"" help:"Show what a provider supports, and each field that it takes."`
}

type listProvidersCommand struct {
	remote `embed:""`
}

// Validate checks the flags.
func (c *listProvidersCommand) Validate() error { return c.validate() }

// Run prints all providers.
func (c *listProvidersCommand) Run(ctx context.Context, s *streams) error {
	connection, err := c.connect()
	if err != nil {
		return err
	}
	defer func() { _ = connection.Close() }()
	all, err := allOfProviders(ctx, connection)
	if err != nil {
		return c.explain(err, nil)
	}
	if c.Output == "json" {
		return printJSON(s.out, all)
	}
	rows := make([][]string, len(all.GetProviders()))
	for i, provider := range all.GetProviders() {
		rows[i] = []string{
			provider.GetName(), shortName(provider.GetVendor(), "VENDOR_"),
			shortName(provider.GetDuplicateSafety().GetClass(), "DUPLICATE_SAFETY_CLASS_"), healthOf(provider.GetHealth()),
		}
	}
	return printTable(s.out, []string{"NAME", "VENDOR", "DUPLICATE SAFETY", "HEALTH"}, rows)
}

// allOfProviders returns all pages of the list of providers as one.
func allOfProviders(ctx context.Context, connection *grpc.ClientConn) (*enlistv1.ListProvidersResponse, error) {
	request, all := &enlistv1.ListProvidersRequest{}, &enlistv1.ListProvidersResponse{}
	for more := true; more; more = request.GetPageToken() != "" {
		page, err := read(ctx, request, enlistv1.NewProviderServiceClient(connection).ListProviders)
		if err != nil {
			return nil, err
		}
		all.Providers = append(all.Providers, page.GetProviders()...)
		request.PageToken = page.GetNextPageToken()
	}
	return all, nil
}

// healthOf says in one or two words how a provider's vendor responds.
func healthOf(health *enlistv1.ProviderHealth) string {
	var words []string
	if health.GetBreaker() > enlistv1.BreakerState_BREAKER_STATE_CLOSED {
		words = append(words, "breaker "+strings.ToLower(shortName(health.GetBreaker(), "BREAKER_STATE_")))
	}
	if health.GetCredentials() == enlistv1.CredentialState_CREDENTIAL_STATE_REJECTED {
		words = append(words, "credentials rejected")
	}
	failed, succeeded := health.GetLastFailureTime(), health.GetLastSuccessTime()
	switch {
	case len(words) > 0:
	case failed == nil && succeeded == nil:
		words = append(words, "not called yet")
	case failed != nil && failed.AsTime().After(succeeded.AsTime()):
		words = append(words, "last request failed: "+health.GetLastFailureReason())
	default:
		words = append(words, "ok")
	}
	return strings.Join(words, ", ")
}

type getProviderCommand struct {
	Provider string `arg:"" help:"Name of the provider."`
	remote   `embed:""`
}

// Validate checks the flags.
func (c *getProviderCommand) Validate() error { return c.validate() }

// Run prints one provider.
func (c *getProviderCommand) Run(ctx context.Context, s *streams) error {
	connection, err := c.connect()
	if err != nil {
		return err
	}
	defer func() { _ = connection.Close() }()
	response, err := read(ctx, &enlistv1.GetProviderRequest{Provider: c.Provider}, enlistv1.NewProviderServiceClient(connection).GetProvider)
	if err != nil {
		return c.explain(err, map[string]string{"provider": "PROVIDER"})
	}
	if c.Output == "json" {
		return printJSON(s.out, response)
	}
	provider := response.GetProvider()
	facts := []string{provider.GetName(), shortName(provider.GetVendor(), "VENDOR_"), healthOf(provider.GetHealth())}
	if err := printTable(s.out, []string{"NAME", "VENDOR", "HEALTH"}, [][]string{facts}); err != nil {
		return err
	}
	safety := provider.GetDuplicateSafety()
	if _, err := fmt.Fprintf(s.out, "\n%s: %s\n", shortName(safety.GetClass(), "DUPLICATE_SAFETY_CLASS_"), safety.GetExplanation()); err != nil {
		return err
	}
	var rpcs, fields [][]string
	for _, rpc := range provider.GetRpcs() {
		rpcs = append(rpcs, []string{rpc.GetRpc(), yesIf(rpc.GetSupported()), rpc.GetReason()})
	}
	for _, field := range provider.GetFields() {
		fields = append(fields, []string{field.GetPath(), field.GetWireField(), yesIf(field.GetRequired()), limitOf(field)})
	}
	return errors.Join(
		printSection(s.out, []string{"RPC", "SUPPORTED", "REASON"}, rpcs),
		printSection(s.out, []string{"FIELD", "VENDOR FIELD", "REQUIRED", "CHARACTERS"}, fields))
}

func yesIf(is bool) string {
	if is {
		return "yes"
	}
	return ""
}

// limitOf returns how many characters a field takes, as far as the vendor limits it.
func limitOf(field *enlistv1.FieldSupport) string {
	least, most := field.MinLength, field.MaxLength
	switch {
	case least != nil && most != nil:
		return fmt.Sprintf("%d to %d", *least, *most)
	case most != nil:
		return fmt.Sprintf("at most %d", *most)
	case least != nil:
		return fmt.Sprintf("at least %d", *least)
	default:
		return ""
	}
}
