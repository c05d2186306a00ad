package engine_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/enlist-dev/enlist/sandbox/engine"
)

// A vendor with one endpoint, and a path that nothing serves.
func Example() {
	acme := &engine.API{Vendor: "acme"}
	e := engine.New(time.Now)
	e.Route(acme, "/customers", engine.NoContent(http.StatusMethodNotAllowed), map[string]engine.Endpoint{
		http.MethodPost: {Operation: "create", Serve: func(*engine.Call) engine.Response {
			return engine.JSONResponse(http.StatusCreated, map[string]any{"id": "1"})
		}},
	})
	e.HandleNotFound("/", func(*http.Request) engine.Response { return engine.Empty(http.StatusNotFound) })
	e.AddVendor(acme)
	for _, path := range []string{"/customers", "/orders"} {
		response := httptest.NewRecorder()
		e.ServeHTTP(response, httptest.NewRequest(http.MethodPost, path, nil))
		fmt.Println(response.Code, response.Body)
	}
	// Output:
	// 201 {"id":"1"}
	// 404
}
