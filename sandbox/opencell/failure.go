package opencell

import (
	"maps"
	"net/http"
	"strings"

	"github.com/enlist-dev/enlist/sandbox/engine"
)

// failure is a failure as Opencell reports it. Nulls are left out.
type failure struct {
	Status  string `json:"status"`
	Code    string `json:"errorCode,omitempty"`
	Message string `json:"message,omitempty"`
}

// problem is what is wrong with a request. One without a code is a failure without an errorCode.
type problem struct{ code, message string }

func (o *server) fail(code, message string) engine.Response {
	status := http.StatusInternalServerError
	switch code {
	case "MISSING_PARAMETER", "INVALID_PARAMETER", "INVALID_ENUM_VALUE":
		status = http.StatusBadRequest
	case "AUTHENTICATION_AUTHORIZATION_EXCEPTION":
		status = http.StatusUnauthorized
	case "ENTITY_DOES_NOT_EXISTS_EXCEPTION":
		status = http.StatusNotFound
	case "ENTITY_ALREADY_EXISTS_EXCEPTION":
		status = http.StatusConflict
		if o.Before2021 {
			status = http.StatusForbidden
		}
	}
	return engine.JSONResponse(status, failure{"FAIL", code, message})
}

// broken is an error of the server that says nothing about the outcome.
func (o *server) broken(c *engine.Call) engine.Response {
	if strings.HasPrefix(c.URL.Path, "/auth/") {
		return engine.JSONResponse(http.StatusInternalServerError, map[string]any{"error": "unknown_error"})
	}
	return o.fail("GENERIC_API_EXCEPTION", "The sandbox was ordered to fail")
}

// refuse is a business exception: the server rolls back and sends 500 with a status body.
func (o *server) refuse(message string) func(*engine.Call) engine.Response {
	return func(*engine.Call) engine.Response { return o.fail("BUSINESS_API_EXCEPTION", message) }
}

func success(more map[string]any) engine.Response {
	body := map[string]any{"status": "SUCCESS", "message": ""}
	maps.Copy(body, more)
	return engine.JSONResponse(http.StatusOK, body)
}

func missing(names ...string) *problem {
	return &problem{"MISSING_PARAMETER", "Parameters required: " + strings.Join(names, ", ")}
}

func absent(entity, code string) *problem {
	return &problem{"ENTITY_DOES_NOT_EXISTS_EXCEPTION", entity + " with code " + code + " does not exist"}
}
