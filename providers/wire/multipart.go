package wire

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"mime/multipart"
	"net/textproto"
	"net/url"
	"slices"
)

// File is one file of a multipart form.
type File struct {
	// Field is the name of the form's field.
	Field string
	// Name of the file.
	Name string
	// ContentType is its media type.
	ContentType string
	// Content is the content of the file.
	Content []byte
}

// Multipart encodes form values, sorted by name, and then files as multipart/form-data. Names are
// those of a wire message and need no escaping. The boundary depends on the content, so the same
// form always gives the same bytes. shown is the body with `<image/png, 12345 bytes>` for each
// file's content.
//
// Each value declares UTF-8, because servers default to ISO-8859-1.
func Multipart(values url.Values, files ...File) (contentType string, body, shown []byte) {
	boundary := boundaryOf(values, files)
	body = parts(boundary, values, files)
	placeholders := slices.Clone(files)
	for i, file := range files {
		placeholders[i].Content = fmt.Appendf(nil, "<%s, %d bytes>", file.ContentType, len(file.Content))
	}
	return "multipart/form-data; boundary=" + boundary, body, parts(boundary, values, placeholders)
}

func parts(boundary string, values url.Values, files []File) []byte {
	var out bytes.Buffer // writing to it never fails
	writer := multipart.NewWriter(&out)
	_ = writer.SetBoundary(boundary) // hexadecimal digits are always valid
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for _, value := range values[name] {
			part, _ := writer.CreatePart(textproto.MIMEHeader{
				"Content-Disposition": {`form-data; name="` + name + `"`},
				"Content-Type":        {"text/plain; charset=UTF-8"},
			})
			_, _ = part.Write([]byte(value))
		}
	}
	for _, file := range files {
		part, _ := writer.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {multipart.FileContentDisposition(file.Field, file.Name)},
			"Content-Type":        {file.ContentType},
		})
		_, _ = part.Write(file.Content)
	}
	_ = writer.Close()
	return out.Bytes()
}

// boundaryOf returns a boundary that no value or file can contain on purpose, because it depends on
// all of them.
func boundaryOf(values url.Values, files []File) string {
	hash := sha256.New()
	_, _ = hash.Write([]byte(values.Encode()))
	for _, file := range files {
		_, _ = fmt.Fprintf(hash, "\n%q %q %q %d\n", file.Field, file.Name, file.ContentType, len(file.Content))
		_, _ = hash.Write(file.Content)
	}
	return hex.EncodeToString(hash.Sum(nil))
}
