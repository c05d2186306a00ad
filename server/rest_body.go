package server

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/enlist-dev/enlist/providers"
)

// maxBody is the largest body of a request, in bytes, not counting the files in it.
const maxBody = 1 << 20

// refusal is a request that only HTTP gets wrong. It has the HTTP status and headers of the
// response.
type refusal struct {
	failure *providers.Error
	status  int
	header  http.Header
}

func refuse(status int, path, description string) *refusal {
	return &refusal{status: status, failure: invalidField(path, description)}
}

// requestBody is the body of a request. A problem with it does not end the request at once. The
// request passes the chain as over gRPC. The chain first reports a caller without permission or
// an unknown provider. undecodable then returns the problem.
type requestBody struct {
	bytes.Reader

	data     []byte
	message  protoreflect.MessageDescriptor // that the body is decoded into; nil before
	provider string                         // as the path names it
	problem  *refusal                       // nil for none
	reported bool                           // whether the chain refused the request for its content
}

func (*requestBody) Close() error { return nil }

// withBody reads the body of a request once the gateway has found its RPC. So the server reports
// an unknown path first.
func withBody(call runtime.HandlerFunc) runtime.HandlerFunc {
	return func(w http.ResponseWriter, request *http.Request, path map[string]string) {
		body := &requestBody{provider: providerOf(request.URL)}
		body.data, body.problem = readBody(w, request)
		request = request.WithContext(context.WithValue(request.Context(), undecodableKey{}, body))
		request.Body = body
		call(w, request, path)
	}
}

// readBody reads the body once. It refuses what only HTTP can find wrong.
func readBody(w http.ResponseWriter, request *http.Request) ([]byte, *refusal) {
	if request.Method != http.MethodPost {
		if request.ContentLength != 0 {
			return nil, refuse(http.StatusBadRequest, "body", "must be empty with method GET")
		}
		return nil, nil
	}
	if request.URL.RawQuery != "" {
		return nil, refuse(http.StatusBadRequest, "query", "must be empty with method POST. Put every field into the JSON body")
	}
	if refused := checkContentType(request.Header.Get("Content-Type")); refused != nil {
		return nil, refused
	}
	if encoding := request.Header.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
		refused := refuseType("Content-Encoding", "must not be set. Send the body unencoded")
		refused.header.Set("Accept-Encoding", "identity")
		return nil, refused
	}
	data, err := io.ReadAll(http.MaxBytesReader(w, request.Body, maxBody+int64(base64.StdEncoding.EncodedLen(maxFile()))))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, refuseSize()
	case errors.Is(err, errLittleMemory):
		return nil, &refusal{status: http.StatusServiceUnavailable, failure: littleMemory()}
	case err != nil:
		return nil, refuse(http.StatusBadRequest, "body", "did not arrive completely. Send the request again")
	}
	return data, nil
}

func refuseSize() *refusal {
	return refuse(http.StatusRequestEntityTooLarge, "body", "must have at most 1 MiB (1,048,576 bytes), not counting "+fileOptions())
}

func checkContentType(header string) *refusal {
	mediaType, parameters, err := mime.ParseMediaType(header)
	if charset := parameters["charset"]; err == nil && mediaType == "application/json" && (charset == "" || strings.EqualFold(charset, "utf-8")) {
		return nil
	}
	return refuseType("Content-Type", "must be application/json, with the body in UTF-8 (curl: -H 'Content-Type: application/json')")
}

// refuseType refuses a body in a format that Enlist does not read.
func refuseType(header, description string) *refusal {
	refused := refuse(http.StatusUnsupportedMediaType, header, description)
	refused.header = http.Header{"Accept": {"application/json"}}
	return refused
}

// providerOf returns the provider in /v1/providers/{provider}/…
func providerOf(target *url.URL) string {
	parts := strings.Split(target.EscapedPath(), "/")
	if len(parts) < 4 {
		return ""
	}
	provider, _ := url.PathUnescape(parts[3])
	return provider
}

// jsonMarshaler is a strict form of the gateway's JSON. The whole body is one JSON object, and
// unknown fields are errors.
type jsonMarshaler struct{ runtime.JSONPb }

// Marshal writes a message as marshalJSON does.
func (*jsonMarshaler) Marshal(value any) ([]byte, error) {
	message, ok := value.(proto.Message)
	if !ok {
		return nil, errors.New("can encode only messages")
	}
	return marshalJSON(message)
}

// marshalJSON writes a message as one line without spaces. protojson alone adds spaces at random.
func marshalJSON(message proto.Message) ([]byte, error) {
	text, err := protojson.Marshal(message)
	if err != nil {
		return nil, err
	}
	line := bytes.NewBuffer(make([]byte, 0, len(text)+1))
	if err := json.Compact(line, text); err != nil {
		return nil, err
	}
	line.WriteByte('\n')
	return line.Bytes(), nil
}

func newJSON() *jsonMarshaler { return &jsonMarshaler{} }

// NewDecoder returns the decoder of a body that readBody has read.
func (*jsonMarshaler) NewDecoder(reader io.Reader) runtime.Decoder {
	return runtime.DecoderFunc(func(into any) error {
		body, isBody := reader.(*requestBody)
		message, isMessage := into.(proto.Message)
		if !isBody || !isMessage {
			return errors.New("can decode only whole messages")
		}
		body.message = message.ProtoReflect().Descriptor()
		if body.problem == nil {
			body.problem = decode(body, message)
		}
		if body.problem != nil {
			proto.Reset(message) // a partial request is no request; the gateway adds the provider
		}
		return nil
	})
}

func decode(body *requestBody, into proto.Message) *refusal {
	if len(bytes.TrimSpace(body.data)) > 0 {
		if violation := ReadJSON(body.data, into); violation != nil {
			return refuse(http.StatusBadRequest, violation.Path, violation.Description)
		}
	}
	if len(body.data) > maxBody && len(body.data)-encodedFiles(into) > maxBody {
		return refuseSize()
	}
	if named, ok := into.(interface{ GetProvider() string }); ok && named.GetProvider() != "" && named.GetProvider() != body.provider {
		return refuse(http.StatusBadRequest, "provider", "must equal the provider in the path, or be unset in the body")
	}
	return nil
}
