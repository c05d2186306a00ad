package vendorhttp_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
)

// If the connection breaks after a creation was sent, the outcome is unknown.
func ExampleCall() {
	vendor := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer vendor.Close()
	client, err := vendorhttp.NewClient(&configv1.Provider{Name: "orders"}, vendor.URL)
	if err != nil {
		panic(err)
	}

	_, err = vendorhttp.Call(context.Background(), client, &vendorhttp.Request{
		Operation: vendorhttp.Create, Method: http.MethodPost, Path: "/customers", Body: []byte("{}"), ContentType: "application/json", Creates: true,
	}, func(response *vendorhttp.Response) (string, error) { return string(response.Body), nil })
	var known *providers.Error
	if errors.As(err, &known) {
		fmt.Println(known.Reason, known.Stage)
	}
	// Output: OUTCOME_UNKNOWN SEND_STAGE_SENT
}
