package sandbox

import (
	"net/http"
	"strings"
	"time"
)

// opencell emulates Opencell's identity server and the part of its REST API
// that creates and reads customers. Failures of every call are the bare status
// body, also where a success wraps it in an actionStatus.
type opencell struct {
	*Sandbox
	access  map[string]time.Time // token to expiry
	refresh map[string]time.Time
	setup   opencellSetup
	form    map[string]property
	lastID  int64
}

func newOpencell(s *Sandbox) {
	o := &opencell{
		Sandbox: s,
		access:  map[string]time.Time{},
		refresh: map[string]time.Time{},
		setup:   newOpencellSetup(s.credentials.Opencell.SellerCode),
		form:    opencellForm(s.opencellBefore2021),
	}
	v := &vendorAPI{
		vendor:     Opencell,
		operations: []string{"login", "create", "get", "delete"},
		failure:    o.broken,
		apology:    o.broken,
		throttled:  func(*call) answer { return emptyAnswer(http.StatusTooManyRequests) },
	}
	s.vendors[Opencell] = v

	s.route(v, "/auth/realms/{realm}/protocol/openid-connect/token", keycloakNotAllowed, map[string]endpoint{
		http.MethodPost: {"login", o.token},
	})
	s.mux.HandleFunc("/auth/", func(w http.ResponseWriter, _ *http.Request) {
		jsonAnswer(http.StatusNotFound, map[string]any{"error": "HTTP 404 Not Found"}).write(w)
	})

	notAllowed := func(*call) answer { return emptyAnswer(http.StatusMethodNotAllowed) }
	const rest = "/opencell/api/rest/account"
	for path, write := range map[string]func(*call, map[string]any) answer{
		"createCRMAccountHierarchy":         o.create,
		"updateCRMAccountHierarchy":         o.update,
		"createOrUpdateCRMAccountHierarchy": o.createOrUpdate,
	} {
		s.route(v, rest+"/accountHierarchy/"+path, notAllowed, map[string]endpoint{
			http.MethodPost: {"create", o.authenticated(o.hierarchy(write))},
		})
	}
	s.route(v, rest+"/customer", notAllowed, map[string]endpoint{
		http.MethodGet: {"get", o.authenticated(o.getCustomer)},
	})
	s.route(v, rest+"/customer/{code}", notAllowed, map[string]endpoint{
		http.MethodDelete: {"delete", o.authenticated(o.deleteCustomer)},
	})
	s.mux.HandleFunc("/opencell/", func(w http.ResponseWriter, _ *http.Request) {
		emptyAnswer(http.StatusNotFound).write(w)
	})
}

// opencellFailure is a failure in Opencell's words.
type opencellFailure struct {
	Status  string `json:"status"`
	Code    string `json:"errorCode"`
	Message string `json:"message"`
}

func (o *opencell) fail(code, message string) answer {
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
		if o.opencellBefore2021 {
			status = http.StatusForbidden
		}
	}
	return jsonAnswer(status, opencellFailure{"FAIL", code, message})
}

func (o *opencell) broken(c *call) answer {
	if strings.HasPrefix(c.URL.Path, "/auth/") {
		return jsonAnswer(http.StatusInternalServerError, map[string]any{"error": "unknown_error"})
	}
	return o.fail("GENERIC_API_EXCEPTION", "The sandbox was ordered to fail")
}

// authenticated lets a call through that presents a live access token.
func (o *opencell) authenticated(next func(*call) answer) func(*call) answer {
	return func(c *call) answer {
		scheme, token, _ := strings.Cut(c.Header.Get("Authorization"), " ")
		if c.refused {
			delete(o.access, token)
		}
		if expiry, known := o.access[token]; !strings.EqualFold(scheme, "Bearer") || !known || !c.now.Before(expiry) {
			return o.fail("AUTHENTICATION_AUTHORIZATION_EXCEPTION", "A valid access token is needed")
		}
		return next(c)
	}
}

// hierarchy reads and checks the body of a call that writes accounts.
func (o *opencell) hierarchy(write func(*call, map[string]any) answer) func(*call) answer {
	return func(c *call) answer {
		if c.mediaType() != "application/json" {
			return emptyAnswer(http.StatusUnsupportedMediaType)
		}
		given, err := decodeObject(c.body)
		if err != nil {
			return o.fail("INVALID_PARAMETER", "The body is not a JSON object: "+err.Error())
		}
		dto, wrong := checkObject("", given, o.form)
		if wrong != nil {
			return o.fail(wrong.code, wrong.message)
		}
		return write(c, dto)
	}
}
