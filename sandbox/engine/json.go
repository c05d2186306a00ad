package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// encode writes the value as JSON without a final newline.
func encode(value any) []byte {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err) // responses hold only maps, slices and plain structs
	}
	return bytes.TrimSuffix(buffer.Bytes(), []byte("\n"))
}

// decode reads one JSON value and nothing after it. Numbers keep their digits.
func decode(body []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("the body must contain one JSON value")
	}
	return nil
}

// DecodeObject reads one JSON object and nothing after it. Numbers keep their digits.
func DecodeObject(body []byte) (map[string]any, error) {
	var object map[string]any
	if err := decode(body, &object); err != nil {
		return nil, err
	}
	if object == nil {
		return nil, errors.New("the body must be a JSON object, not null")
	}
	return object, nil
}

// TextAt returns the text at a path, or "" if there is none.
func TextAt(object map[string]any, path ...string) string {
	for _, name := range path[:len(path)-1] {
		object, _ = object[name].(map[string]any)
	}
	text, _ := object[path[len(path)-1]].(string)
	return text
}

// Set returns a set of the values.
func Set(values ...string) map[string]bool {
	members := make(map[string]bool, len(values))
	for _, value := range values {
		members[value] = true
	}
	return members
}
