package engine

import (
	"mime"
	"net/http"
	"strconv"
)

// Response is a whole HTTP response. Vendors return one instead of writing it, so that a fault can
// withhold, truncate or replace it.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// NewResponse returns a response with that body. The content type may be empty.
func NewResponse(status int, contentType string, body []byte) Response {
	header := http.Header{}
	if contentType != "" {
		header.Set("Content-Type", contentType)
	}
	return Response{Status: status, Header: header, Body: body}
}

// Empty returns a response without a body.
func Empty(status int) Response { return NewResponse(status, "", nil) }

// JSONResponse encodes the value as the vendors do: in UTF-8, with nothing escaped for HTML.
func JSONResponse(status int, value any) Response {
	return NewResponse(status, "application/json;charset=UTF-8", encode(value))
}

// With returns a copy of the response with one more header.
func (r Response) With(name, value string) Response {
	r.Header = r.Header.Clone()
	r.Header.Set(name, value)
	return r
}

// Write sends the whole response.
func (r Response) Write(w http.ResponseWriter) {
	r.writeHeader(w, len(r.Body))
	_, _ = w.Write(r.Body)
}

// writeTruncated promises more than it sends, then closes the connection.
func (r Response) writeTruncated(w http.ResponseWriter) {
	if r.Status == http.StatusNoContent {
		r.Status = http.StatusOK
	}
	r.writeHeader(w, len(r.Body)+64)
	_, _ = w.Write(r.Body[:len(r.Body)/2])
	_ = http.NewResponseController(w).Flush()
	closeConnection()
}

func (r Response) writeHeader(w http.ResponseWriter, length int) {
	for name, values := range r.Header {
		w.Header()[name] = values
	}
	if r.Status != http.StatusNoContent {
		w.Header().Set("Content-Length", strconv.Itoa(length))
	}
	w.WriteHeader(r.Status)
}

// isJSON reports whether the response has a JSON body.
func (r Response) isJSON() bool {
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && mediaType == "application/json" && len(r.Body) > 0
}

// withByteOrderMark puts the UTF-8 byte-order mark before a JSON body.
func (r Response) withByteOrderMark() Response {
	if r.isJSON() {
		r.Body = append([]byte("\xEF\xBB\xBF"), r.Body...)
	}
	return r
}

// closeConnection ends the handler and its connection without another byte.
func closeConnection() { panic(http.ErrAbortHandler) }
