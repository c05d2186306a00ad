package server

import (
	"context"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// restErrors writes errors as google.rpc.Status in JSON. Calls that never reached the chain get their log line here.
type restErrors struct{ log *slog.Logger }

// ofCall writes the error of a call, or of a request that the gateway could not make a call of.
func (e restErrors) ofCall(ctx context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, request *http.Request, err error) {
	if server, ok := runtime.ServerMetadataFromContext(ctx); ok && len(server.HeaderMD.Get(callIDKey)) > 0 {
		w.Header().Set("X-Request-Id", server.HeaderMD.Get(callIDKey)[0])
		made := status.Convert(err)
		write(w, runtime.HTTPStatusFromCode(made.Code()), made)
		return
	}
	if body, ok := request.Body.(*requestBody); ok && body.problem != nil {
		e.refuse(w, request, body.problem)
		return
	}
	refused := refuse(http.StatusBadRequest, "query", "is not valid: "+status.Convert(err).Message())
	e.refuse(w, request, refused)
}

// ofRoute writes the error of a request that no RPC answers to.
func (e restErrors) ofRoute(_ context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, request *http.Request, code int) {
	message := "The request has a path that does not exist; /openapi.json lists the paths."
	if code == http.StatusMethodNotAllowed {
		w.Header().Set("Allow", allowed(request.URL.Path))
		message = "The request has a method that this path does not take; it takes " + allowed(request.URL.Path) + "."
	}
	e.refuse(w, request, &refusal{status: code, failure: &providers.Error{Reason: enlistv1.ErrorReason_RPC_NOT_SUPPORTED, Message: message}})
}

// allowed returns the one method that a path of the contract takes.
func allowed(path string) string {
	decides := strings.Contains(path, "/operations/") && (strings.HasSuffix(path, ":wait") || strings.HasSuffix(path, ":resolve"))
	if decides || strings.HasSuffix(path, "/customers") {
		return http.MethodPost
	}
	return http.MethodGet
}

// refuse writes and logs the error of a request that never became a call.
func (e restErrors) refuse(w http.ResponseWriter, request *http.Request, refused *refusal) {
	ctx := metadata.NewIncomingContext(request.Context(), metadata.Pairs(callIDKey, request.Header.Get("X-Request-Id")))
	c := &call{id: callIDOf(ctx), transport: overREST}
	made := statusOf(refused.failure, "", "")
	logCall(ctx, e.log, "REST "+knownMethod(request.Method), c, made.Code(), refused.failure, time.Now())
	w.Header().Set("X-Request-Id", c.id)
	write(w, refused.status, made)
}

// knownMethod keeps what a stranger sends as a method out of the log.
func knownMethod(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "OTHER"
}

func write(w http.ResponseWriter, code int, made *status.Status) {
	for _, detail := range made.Details() {
		if retry, ok := detail.(*errdetails.RetryInfo); ok {
			w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(retry.GetRetryDelay().AsDuration().Seconds()))))
		}
	}
	body, err := protojson.Marshal(made.Proto())
	if err != nil { // a detail that no linked type describes
		body = []byte(`{"code":13,"message":"the error could not be written"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(code)
	_, _ = w.Write(body) //nolint:gosec // JSON with its type and nosniff; it fails only when the caller is gone
}
