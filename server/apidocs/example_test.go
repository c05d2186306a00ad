package apidocs_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/enlist-dev/enlist/server/apidocs"
)

// The handler serves the document as it is.
func ExampleNew() {
	handler, err := apidocs.New([]byte(`{"openapi": "3.1.0"}`), "v1.0.0")
	if err != nil {
		panic(err)
	}
	response := httptest.NewRecorder()
	handler.ServeHTTP(response, httptest.NewRequest(http.MethodGet, "/openapi.json", nil))
	fmt.Println(response.Code, response.Body)
	// Output: 200 {"openapi": "3.1.0"}
}
