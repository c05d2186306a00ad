package sandbox_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/enlist-dev/enlist/sandbox"
)

// A sandbox is an http.Handler. A provider's base_url is the URL of its server.
func Example() {
	server := httptest.NewServer(sandbox.New())
	defer server.Close()

	// Opencell's next creation succeeds, but its response is lost.
	fault, err := http.Post(server.URL+"/sandbox/faults", "application/json",
		strings.NewReader(`{"vendor": "opencell", "operation": "create", "kind": "drop_after"}`))
	if err != nil {
		panic(err)
	}
	defer fault.Body.Close()
	records, err := http.Get(server.URL + "/sandbox/records")
	if err != nil {
		panic(err)
	}
	defer records.Body.Close()
	text, err := io.ReadAll(records.Body)
	fmt.Println(fault.Status, strings.TrimSpace(string(text)), err)
	// Output: 200 OK {"records":[]} <nil>
}
