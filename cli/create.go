package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	yamlv3 "go.yaml.in/yaml/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"sigs.k8s.io/yaml"

	"github.com/enlist-dev/enlist/cli/requestids"
	"github.com/enlist-dev/enlist/client"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/server"
)

type createCommand struct {
	Provider   *string       `help:"Name of the provider." short:"p" placeholder:"NAME"`
	ID         *string       `help:"Id of the customer." name:"id" placeholder:"ID"`
	GivenName  *string       `help:"Given name." placeholder:"NAME"`
	FamilyName *string       `help:"Family name." placeholder:"NAME"`
	Email      *string       `help:"Email address." placeholder:"ADDRESS"`
	Country    *string       `help:"Country of the billing address, such as FR." placeholder:"CODE"`
	File       string        `help:"Request in YAML or JSON; - reads stdin. Flags win." short:"f" placeholder:"FILE"`
	OnExisting *string       `help:"If the customer exists: fail, update or adopt." placeholder:"ACTION"`
	DryRun     bool          `help:"Send nothing. Show the request to the vendor."`
	RequestID  *string       `help:"UUID, if you store it yourself." name:"request-id" placeholder:"UUID"`
	Timeout    time.Duration `help:"How long to wait for the outcome. Default: 5m." default:"5m" placeholder:"TIME"`
	remote     `embed:""`
}

// fields returns path, flag and value of each field of the request that has a flag.
func (c *createCommand) fields() []struct {
	path, flag string
	value      *string
} {
	return []struct {
		path, flag string
		value      *string
	}{
		{"provider", "--provider", c.Provider},
		{"request_id", "--request-id", c.RequestID},
		{"customer.id", "--id", c.ID},
		{"customer.name.given_name", "--given-name", c.GivenName},
		{"customer.name.family_name", "--family-name", c.FamilyName},
		{"customer.email", "--email", c.Email},
		{"customer.billing_address.country_code", "--country", c.Country},
	}
}

// Validate checks the flags. Its errors are those of usage.
func (c *createCommand) Validate() error {
	switch {
	case c.Provider == nil && c.File == "":
		return errors.New("missing flags: --provider=NAME")
	case c.RequestID != nil && uuid.Validate(*c.RequestID) != nil:
		return errors.New("--request-id must be a UUID, for example from uuidgen")
	case c.OnExisting != nil && onExisting(*c.OnExisting) == enlistv1.OnExisting_ON_EXISTING_UNSPECIFIED:
		return errors.New("--on-existing must be fail, update or adopt")
	case c.Timeout <= 0:
		return errors.New("--timeout must be greater than 0, for example 5m")
	}
	return c.validate()
}

func onExisting(action string) enlistv1.OnExisting {
	return enlistv1.OnExisting(enlistv1.OnExisting_value["ON_EXISTING_"+strings.ToUpper(action)])
}

// Run creates a customer, or shows what would be sent.
func (c *createCommand) Run(ctx context.Context, s *streams) error {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	request, err := c.request(s.in)
	if err != nil {
		return err
	}
	connection, err := c.connect()
	if err != nil {
		return err
	}
	defer func() { _ = connection.Close() }()
	if request.GetValidateOnly() {
		return c.preview(ctx, s, connection, request)
	}
	entry, err := c.identify(ctx, request)
	if err != nil {
		return err
	}
	defer func() { _ = entry.Close() }()
	if err := c.ready(ctx, connection, request, entry); err != nil {
		return err
	}
	if entry.File != "" {
		_, _ = fmt.Fprintf(s.err, "request_id %s, stored in %s\n", entry.RequestID, entry.File)
	}
	progress := func(retry client.Retry) {
		_, _ = fmt.Fprintf(s.err, "not settled yet: %s; next attempt in %v\n", summary(retry.Err), retry.Wait.Round(100*time.Millisecond))
	}
	response, err := client.CreateCustomer(ctx, enlistv1.NewCustomerServiceClient(connection), request,
		client.OnRetry(progress), client.CallOptions(grpc.WaitForReady(false)))
	if err != nil {
		return errors.Join(c.failed(ctx, entry, err), forgetIfFinal(entry, err))
	}
	if err := entry.Settle(); err != nil { // the customer exists all the same, and a repeated command is replayed
		_, _ = fmt.Fprintln(s.err, "warning:", stateError(err))
	}
	return c.print(s.out, response)
}

// request returns the request that the file and the flags make.
func (c *createCommand) request(stdin io.Reader) (*enlistv1.CreateCustomerRequest, error) {
	request := &enlistv1.CreateCustomerRequest{}
	if c.File != "" {
		if err := readRequest(c.File, stdin, request); err != nil {
			return nil, err
		}
	}
	for _, field := range c.fields() {
		if field.value != nil {
			setText(request.ProtoReflect(), field.path, *field.value)
		}
	}
	if c.OnExisting != nil {
		request.OnExisting = onExisting(*c.OnExisting)
	}
	request.ValidateOnly = request.GetValidateOnly() || c.DryRun
	switch {
	case request.GetProvider() == "":
		return nil, errors.New("--provider is missing: name a provider; `enlist providers list` shows them")
	case request.GetRequestId() != "" && uuid.Validate(request.GetRequestId()) != nil:
		return nil, errors.New("--file: request_id must be a UUID, for example from uuidgen")
	}
	return request, nil
}

// readRequest reads a request from a file, in YAML, which JSON is too.
func readRequest(file string, stdin io.Reader, into proto.Message) error {
	if file != "-" {
		opened, err := os.Open(file) //nolint:gosec // the user names the file
		if err != nil {
			return err
		}
		defer func() { _ = opened.Close() }()
		stdin = opened
	}
	text, err := io.ReadAll(io.LimitReader(stdin, maxRequest+1))
	if err != nil {
		return err
	}
	if len(text) > maxRequest {
		return fmt.Errorf("--file: must have at most %d MiB", maxRequest>>20)
	}
	isYAML := !json.Valid(text)
	if isYAML {
		if err := checkOneDocument(text); err != nil {
			return err
		}
		if text, err = yaml.YAMLToJSONStrict(text); err != nil {
			return fmt.Errorf("--file: must be YAML or JSON: %w", err)
		}
	}
	wrong := server.ReadJSON(text, into)
	if wrong == nil {
		return nil
	}
	description := wrong.Description
	if isYAML {
		description, _, _ = strings.Cut(description, " (line ") // of the JSON, which the user does not see
	}
	return fmt.Errorf("--file: %s %s", wrong.Path, description)
}

// checkOneDocument returns an error unless YAML has exactly one document: each is another request.
func checkOneDocument(text []byte) error {
	documents := yamlv3.NewDecoder(bytes.NewReader(text))
	var node yamlv3.Node
	if err := documents.Decode(&node); errors.Is(err, io.EOF) {
		return errors.New("--file: must hold a request, and is empty")
	} else if err != nil {
		return nil //nolint:nilerr // YAMLToJSONStrict reports it
	}
	if err := documents.Decode(&node); !errors.Is(err, io.EOF) {
		return errors.New("--file: must hold one request: create one customer with each command")
	}
	return nil
}

// maxRequest is more than any request of the contract has, in bytes.
const maxRequest = 4 << 20

// setText sets a text field by its path, and makes the messages on the way.
func setText(message protoreflect.Message, path, value string) {
	name, rest, nested := strings.Cut(path, ".")
	field := message.Descriptor().Fields().ByName(protoreflect.Name(name))
	if nested {
		setText(message.Mutable(field).Message(), rest, value)
		return
	}
	message.Set(field, protoreflect.ValueOfString(value))
}

// isOfEnlist tells whether an error is a response of Enlist.
func isOfEnlist(err error) bool {
	return client.Reason(err) != enlistv1.ErrorReason_ERROR_REASON_UNSPECIFIED
}

// failed returns an error of a creation as text, with the exit status.
func (c *createCommand) failed(ctx context.Context, entry *requestids.Entry, err error) error {
	flags := map[string]string{"on_existing": "--on-existing"}
	for _, field := range c.fields() {
		flags[field.path] = field.flag
	}
	var open *client.NotSettledError
	isOpen := errors.As(err, &open)
	if isOpen {
		err = open.Err
	}
	explained := c.explain(err, flags)
	if ctx.Err() != nil && !isOfEnlist(err) {
		explained = fmt.Errorf("no response arrived within --timeout (%v)", c.Timeout)
	}
	switch action := actionAfter(client.Reason(err)); {
	case !isOpen && action == enlistv1.CallerAction_CALLER_ACTION_AWAIT_OUTCOME: // without RetryInfo
		return &failure{explained, exitNeedsPerson}
	case !isOpen && action == enlistv1.CallerAction_CALLER_ACTION_NEW_REQUEST:
		return explained
	case isOpen, entry.Repeated && !entry.Settled:
		return &failure{fmt.Errorf("not settled yet: repeat the same command; it creates no second customer\n  request_id %s\n  %w",
			entry.RequestID, explained), exitNotSettled}
	default:
		return explained
	}
}

// summary says in a few words why an attempt is repeated.
func summary(err error) string {
	if isOfEnlist(err) {
		return client.Reason(err).String()
	}
	return "the server does not respond (" + status.Code(err).String() + ")"
}

// preview shows what would be sent.
func (c *createCommand) preview(ctx context.Context, s *streams, connection *grpc.ClientConn, request *enlistv1.CreateCustomerRequest) error {
	response, err := read(ctx, request, enlistv1.NewCustomerServiceClient(connection).CreateCustomer, grpc.WaitForReady(false))
	if err != nil {
		return c.failed(ctx, &requestids.Entry{}, err)
	}
	if c.Output == "json" {
		return printJSON(s.out, response)
	}
	if _, err := fmt.Fprintln(s.out, onTerminal(requestText(response.GetVendorRequest()))); err != nil {
		return err
	}
	return printFates(s.out, response.GetFields())
}

// requestText returns a request to a vendor as people read it.
func requestText(sent *enlistv1.VendorRequest) string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s %s\n", sent.GetMethod(), sent.GetUrl())
	for _, header := range sent.GetHeaders() {
		fmt.Fprintf(&text, "%s: %s\n", header.GetName(), header.GetValue())
	}
	body := &bytes.Buffer{}
	if json.Indent(body, []byte(sent.GetBody()), "", "  ") != nil {
		body = bytes.NewBufferString(strings.ReplaceAll(sent.GetBody(), "\r", "")) // a form
	}
	return text.String() + "\n" + body.String()
}

// print shows the outcome, and each field that was not sent unchanged.
func (c *createCommand) print(out io.Writer, response *enlistv1.CreateCustomerResponse) error {
	if c.Output == "json" {
		return printJSON(out, response)
	}
	outcome := shortName(response.GetOutcome(), "OUTCOME_")
	if response.GetReplayed() {
		outcome += " (replayed)"
	}
	row := []string{response.GetCustomer().GetId(), outcome, response.GetRequestId()}
	if err := printTable(out, []string{"CUSTOMER", "OUTCOME", "REQUEST_ID"}, [][]string{row}); err != nil {
		return err
	}
	changed := slices.DeleteFunc(response.GetFields(), func(field *enlistv1.FieldFate) bool { return field.GetFate() == enlistv1.Fate_FATE_SENT })
	if err := printFates(out, changed); err != nil {
		return err
	}
	return printWarnings(out, response.GetWarnings())
}
