package server

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"github.com/grpc-ecosystem/grpc-gateway/v2/utilities"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers/rules"
	"github.com/enlist-dev/enlist/server/auth"
)

// rest is the REST side of the contract. It checks what only HTTP can get wrong. The gateway then
// finds the RPC, decodes the request and calls the RPC.
type rest struct {
	gateway *runtime.ServeMux
	errors  restErrors
	who     *auth.Authenticator
}

// setQueryParser sets the gateway's parser of query parameters. The gateway has one for the whole
// process, so it is set once, before any request.
//
//nolint:gochecknoglobals // as the gateway's own
var setQueryParser = sync.OnceFunc(func() { runtime.NewServeMux(runtime.SetQueryParameterParser(strictQuery{})) })

func newREST(ctx context.Context, connection grpc.ClientConnInterface, seen telemetry, who *auth.Authenticator, ownPaths string) (*rest, error) {
	failures := restErrors{seen: seen, routes: routesOfContract(), ownPaths: ownPaths, names: jsonNamesOfContract()}
	setQueryParser()
	gateway := runtime.NewServeMux(
		runtime.WithMarshalerOption(runtime.MIMEWildcard, newJSON()),
		runtime.WithUnescapingMode(runtime.UnescapingModeAllExceptReserved),
		runtime.WithDisablePathLengthFallback(),
		runtime.WithDisableHTTPMethodOverride(),
		runtime.WithIncomingHeaderMatcher(incomingHeader),
		runtime.WithOutgoingHeaderMatcher(outgoingHeader),
		runtime.WithErrorHandler(failures.ofCall),
		runtime.WithRoutingErrorHandler(failures.ofRoute),
		runtime.WithMiddlewares(withBody),
	)
	if err := enlistv1.RegisterCustomerServiceHandlerClient(ctx, gateway, enlistv1.NewCustomerServiceClient(connection)); err != nil {
		return nil, err
	}
	if err := enlistv1.RegisterProviderServiceHandlerClient(ctx, gateway, enlistv1.NewProviderServiceClient(connection)); err != nil {
		return nil, err
	}
	if err := enlistv1.RegisterOperationServiceHandlerClient(ctx, gateway, enlistv1.NewOperationServiceClient(connection)); err != nil {
		return nil, err
	}
	if err := enlistv1.RegisterPrivacyServiceHandlerClient(ctx, gateway, enlistv1.NewPrivacyServiceClient(connection)); err != nil {
		return nil, err
	}
	return &rest{gateway: gateway, errors: failures, who: who}, nil
}

func (r *rest) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	request = readAsGet(request)
	// The server reads no body of a caller without permission. The chain authenticates every call
	// again, including calls without a body.
	if request.ContentLength != 0 || r.who.AllowsAnonymous() {
		if _, err := callerOver(request, r.who); err != nil {
			r.errors.refuseCaller(w, request, err)
			return
		}
	}
	if refusal := r.checkTarget(w, request); refusal != nil {
		r.errors.refuse(w, request, refusal)
		return
	}
	r.gateway.ServeHTTP(w, request.WithContext(context.WithValue(request.Context(), remoteKey{}, remote(request))))
}

// readAsGet turns a HEAD request into a GET. net/http then sends the headers of the response, and
// no body.
func readAsGet(request *http.Request) *http.Request {
	if request.Method != http.MethodHead {
		return request
	}
	copied := request.WithContext(request.Context())
	copied.Method = http.MethodGet
	return copied
}

// timeout matches the values that the gateway takes as Grpc-Timeout, except 0. The gateway takes
// 0 as no timeout.
var timeout = regexp.MustCompile(`^0*[1-9][0-9]{0,15}[HMSmun]$`)

// checkTarget refuses a wrong path, method or header that the gateway handles badly. The gateway
// would pass some on unchanged, blame the query for others, and misread the rest. For example, it
// takes the verb of a path as part of the id before the verb.
func (r *rest) checkTarget(w http.ResponseWriter, request *http.Request) *refusal {
	if !utf8.ValidString(request.URL.Path) {
		return refuse(http.StatusBadRequest, "path", "must be percent-encoded UTF-8")
	}
	path := request.URL.EscapedPath()
	if there := r.errors.routes.at(path); len(there) > 0 && !there.take(request.Method, path) {
		return wrongMethod(w, there)
	}
	if name := meantIdempotencyKey(request.Header); name != "" {
		return refuse(http.StatusBadRequest, name, "is not a known header: did you mean Idempotency-Key?")
	}
	for _, given := range request.Header["Grpc-Timeout"] {
		if !timeout.MatchString(given) {
			return refuse(http.StatusBadRequest, "Grpc-Timeout",
				"must be a whole number above 0 with a unit (H, M, S, m, u or n), for example 5S")
		}
	}
	return nil
}

// meantIdempotencyKey returns the name of a header that looks like a misspelt Idempotency-Key,
// such as X-Idempotency-Key. A caller who sends one relies on it. Without it, a repeated request
// would create a second customer.
func meantIdempotencyKey(headers http.Header) string {
	for name := range headers {
		if name != "Idempotency-Key" && len(name) <= mostLikened && strings.Contains(strings.ToLower(name), "idempoten") {
			return name
		}
	}
	return ""
}

// incomingHeader lets the contract's headers through. The gateway itself passes Authorization.
func incomingHeader(name string) (string, bool) {
	switch name {
	case "Idempotency-Key", "X-Request-Id", "Traceparent", "Tracestate":
		return strings.ToLower(name), true
	}
	return "", false
}

func outgoingHeader(name string) (string, bool) {
	return http.CanonicalHeaderKey(name), name == callIDKey
}

// inQuery is the prefix of the errors of strictQuery. The gateway keeps only the text of these
// errors. After the prefix come the escaped name of the parameter, a space, and the problem.
const inQuery = "query parameter: "

func wrongParameter(name, description string) error {
	return errors.New(inQuery + cmp.Or(url.QueryEscape(name), `""`) + " " + description)
}

// strictQuery refuses query parameters that match no field of the request. The gateway alone
// would ignore them.
type strictQuery struct{}

func (strictQuery) Parse(into proto.Message, values url.Values, filter *utilities.DoubleArray) error {
	for name, given := range values {
		field := queryField(into.ProtoReflect().Descriptor(), name)
		if field == nil {
			return wrongParameter(name, "is not a query parameter of this path. Use one of: "+queryNames(into.ProtoReflect().Descriptor(), filter))
		}
		if len(given) > 1 && !field.IsList() {
			return wrongParameter(name, "must be set once")
		}
		if filter.HasCommonPrefix([]string{string(field.Name())}) {
			return wrongParameter(name, "must not be in the query, because the path contains it")
		}
	}
	if err := (&runtime.DefaultQueryParser{}).Parse(into, values, filter); err != nil {
		for name := range values { // name one parameter, without its value
			one := into.ProtoReflect().New().Interface()
			if (&runtime.DefaultQueryParser{}).Parse(one, url.Values{name: values[name]}, filter) != nil {
				field := queryField(into.ProtoReflect().Descriptor(), name)
				return wrongParameter(name, "must be "+rules.Expected(field))
			}
		}
		return err
	}
	return nil
}

func queryNames(message protoreflect.MessageDescriptor, filter *utilities.DoubleArray) string {
	var names []string
	for i := range message.Fields().Len() {
		if field := message.Fields().Get(i); !filter.HasCommonPrefix([]string{string(field.Name())}) {
			names = append(names, string(field.Name()))
		}
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}
