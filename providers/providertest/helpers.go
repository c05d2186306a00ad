package providertest

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"go.uber.org/goleak"
	"google.golang.org/protobuf/encoding/protojson"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// Main is for TestMain of an adapter: no goroutine may remain, except those of connections that
// net/http keeps.
func Main(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("net/http.(*persistConn).readLoop"), goleak.IgnoreTopFunction("net/http.(*persistConn).writeLoop"))
}

// Request reads JSON into a request that has the members which all requests of a test share.
func Request(t testing.TB, request *enlistv1.CreateCustomerRequest, text string) *enlistv1.CreateCustomerRequest {
	t.Helper()
	if err := protojson.Unmarshal([]byte(text), request); err != nil {
		t.Fatal(err)
	}
	return request
}

// Respond returns a handler that sends one response. Headers are names, each followed by a value.
func Respond(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// Fails checks the reason of an error and returns the error.
func Fails(t testing.TB, err error, want enlistv1.ErrorReason) *providers.Error {
	t.Helper()
	var known *providers.Error
	if !errors.As(err, &known) || known.Reason != want {
		t.Fatalf("got %v, want %s", err, want)
	}
	return known
}

// Warned returns code, path and vendor code of each warning.
func Warned(warnings []*enlistv1.Warning) []string {
	var warned []string
	for _, warning := range warnings {
		code := strings.TrimPrefix(warning.GetCode().String(), "WARNING_CODE_")
		warned = append(warned, strings.Join(strings.Fields(code+" "+warning.GetPath()+" "+warning.GetVendorCode()), " "))
	}
	return warned
}
