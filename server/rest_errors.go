package server

import (
	"context"
	"maps"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// restErrors writes errors as google.rpc.Status in JSON. It also logs requests that never reach
// the chain.
type restErrors struct {
	seen     telemetry
	routes   routes
	ownPaths string // the paths of this server that are not of the contract
	names    jsonNames
}

// ofCall writes the error of a call, or of a request that the gateway could not turn into a call.
func (e restErrors) ofCall(ctx context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, request *http.Request, err error) {
	if server, ok := runtime.ServerMetadataFromContext(ctx); ok && len(server.TrailerMD.Get(callIDKey)) > 0 {
		w.Header().Set("X-Request-Id", server.TrailerMD.Get(callIDKey)[0])
		made := status.Convert(err)
		code := runtime.HTTPStatusFromCode(made.Code())
		if body, ok := request.Body.(*requestBody); ok && body.problem != nil && body.reported {
			code = body.problem.status
			maps.Copy(w.Header(), body.problem.header)
		}
		e.write(w, request, code, made)
		return
	}
	text := status.Convert(err).Message()
	if parameter, ofQuery := strings.CutPrefix(text, inQuery); ofQuery {
		name, description, _ := strings.Cut(parameter, " ")
		e.refuse(w, request, refuse(http.StatusBadRequest, name, description))
		return
	}
	e.refuse(w, request, refuse(http.StatusBadRequest, "path", "is not valid: "+text))
}

// ofRoute writes the error of a request to a path without an RPC. checkTarget refuses wrong
// methods earlier.
func (e restErrors) ofRoute(_ context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, request *http.Request, _ int) {
	e.refuse(w, request, &refusal{status: http.StatusNotFound, failure: noSuchPath(e.routes, e.ownPaths)})
}

// wrongMethod refuses a request whose path matches routes but whose method does not.
func wrongMethod(w http.ResponseWriter, there routes) *refusal {
	w.Header().Set("Allow", there[0].allow())
	return &refusal{status: http.StatusMethodNotAllowed, failure: noSuchMethod(there)}
}

// onlyRead refuses methods other than GET and HEAD for the server's own paths.
func (e restErrors) onlyRead(w http.ResponseWriter, request *http.Request) {
	e.refuse(w, request, wrongMethod(w, routes{newRoute(http.MethodGet, request.Pattern)}))
}

// refuse writes and logs the error of a request that never became a call.
func (e restErrors) refuse(w http.ResponseWriter, request *http.Request, refused *refusal) {
	ctx := metadata.NewIncomingContext(request.Context(), metadata.Pairs(callIDKey, request.Header.Get("X-Request-Id")))
	c := &call{id: callIDOf(ctx), method: "REST " + knownMethod(request.Method), transport: overREST}
	made := statusOf(refused.failure, "", "")
	e.seen.recordRefusal(c.id, request, e.routes, made.Code(), refused.failure)
	logCall(ctx, e.seen.log, c, made.Code(), refused.failure, time.Now())
	e.seen.metrics.failed(c, "", refused.failure)
	w.Header().Set("X-Request-Id", c.id)
	maps.Copy(w.Header(), refused.header)
	e.write(w, request, refused.status, made)
}

// knownMethod keeps unknown methods, which are the caller's text, out of the log.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "OTHER"
}

// challengeOf returns the HTTP challenge for an authentication reason (RFC 6750). It is empty for
// other reasons.
func challengeOf(reason string) string {
	switch reason {
	case enlistv1.ErrorReason_CREDENTIALS_MISSING.String():
		return "Bearer"
	case enlistv1.ErrorReason_CREDENTIALS_INVALID.String():
		return `Bearer error="invalid_token"`
	}
	return ""
}

func (e restErrors) write(w http.ResponseWriter, request *http.Request, code int, made *status.Status) {
	for _, detail := range made.Details() {
		switch detail := detail.(type) {
		case *errdetails.RetryInfo:
			w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(detail.GetRetryDelay().AsDuration().Seconds()))))
		case *errdetails.ErrorInfo:
			if challenge := challengeOf(detail.GetReason()); challenge != "" {
				w.Header().Set("WWW-Authenticate", challenge)
			}
		}
	}
	body, err := marshalJSON(e.names.named(request, made.Proto()))
	if err != nil { // a detail that no linked type describes
		body = []byte(`{"code":13,"message":"Enlist could not encode the error"}` + "\n")
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(code)
	_, _ = w.Write(body) //nolint:gosec // JSON with its type and nosniff; it fails only when the caller is gone
}
