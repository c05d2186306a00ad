package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
)

// answer is a whole HTTP answer. Vendors return one instead of writing it, so
// that a fault can keep it back, cut it short or replace it.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func newAnswer(status int, contentType string, body []byte) answer {
	header := http.Header{}
	if contentType != "" {
		header.Set("Content-Type", contentType)
	}
	return answer{status: status, header: header, body: body}
}

func emptyAnswer(status int) answer { return newAnswer(status, "", nil) }

// jsonAnswer writes the value as the vendors do: UTF-8, nothing escaped for HTML.
func jsonAnswer(status int, value any) answer {
	return newAnswer(status, "application/json;charset=UTF-8", jsonBytes(value))
}

func jsonBytes(value any) []byte {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err) // only maps, slices and plain structs are answered
	}
	return bytes.TrimSuffix(buffer.Bytes(), []byte("\n"))
}

func (a answer) with(name, value string) answer {
	a.header = a.header.Clone()
	a.header.Set(name, value)
	return a
}

// write sends the answer whole.
func (a answer) write(w http.ResponseWriter) {
	a.writeHeader(w, len(a.body))
	_, _ = w.Write(a.body)
}

// writeTruncated promises more than it sends, then closes the connection.
func (a answer) writeTruncated(w http.ResponseWriter) {
	if a.status == http.StatusNoContent {
		a.status = http.StatusOK
	}
	a.writeHeader(w, len(a.body)+64)
	_, _ = w.Write(a.body[:len(a.body)/2])
	_ = http.NewResponseController(w).Flush()
	closeConnection()
}

func (a answer) writeHeader(w http.ResponseWriter, length int) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	if a.status != http.StatusNoContent {
		w.Header().Set("Content-Length", strconv.Itoa(length))
	}
	w.WriteHeader(a.status)
}

// closeConnection ends the handler and its connection without a further byte.
func closeConnection() { panic(http.ErrAbortHandler) }

// decodeObject reads one JSON object and nothing after it. Numbers stay as they
// were written.
func decodeObject(body []byte) (map[string]any, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var object map[string]any
	if err := decoder.Decode(&object); err != nil {
		return nil, err
	}
	if object == nil {
		return nil, errors.New("an object is expected, not null")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the object")
	}
	return object, nil
}
