package wire_test

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/enlist-dev/enlist/providers/wire"
)

func TestMultipart(t *testing.T) {
	values := url.Values{"name": {"Crème & Fils 🎩"}, "comment": {"two\r\nlines"}, "id": {"1", "2"}}
	content := []byte("\x89PNG\r\n\x1a\n\x00\xff")
	file := wire.File{Field: "imageFile", Name: `logo "é".png`, ContentType: "image/png", Content: content}
	contentType, body, shown := wire.Multipart(values, file)

	mediaType, parameters, err := mime.ParseMediaType(contentType)
	if err != nil || mediaType != "multipart/form-data" {
		t.Fatalf("%s: %v", contentType, err)
	}
	form, err := multipart.NewReader(bytes.NewReader(body), parameters["boundary"]).ReadForm(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(values, url.Values(form.Value)); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
	sent := form.File["imageFile"][0]
	opened, err := sent.Open()
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := io.ReadAll(opened); !bytes.Equal(got, content) || sent.Filename != file.Name || sent.Header.Get("Content-Type") != "image/png" {
		t.Errorf("file %q %v", got, sent)
	}
	if want := bytes.Replace(body, content, []byte("<image/png, 10 bytes>"), 1); !bytes.Equal(shown, want) {
		t.Errorf("shown:\n%s", shown)
	}
	if _, again, _ := wire.Multipart(values, file); !bytes.Equal(again, body) {
		t.Error("the same form gives other bytes")
	}
}

// A file that contains a known boundary cannot end its own part, because the file then has another
// boundary.
func TestMultipartBoundaryDependsOnTheContent(t *testing.T) {
	file := wire.File{Field: "f", Name: "n", ContentType: "image/png", Content: []byte("x")}
	first, _, _ := wire.Multipart(nil, file)
	_, boundary, _ := strings.Cut(first, "boundary=")
	file.Content = []byte("x\r\n--" + boundary + "--\r\n")
	if second, _, _ := wire.Multipart(nil, file); second == first {
		t.Error("the content holds the boundary")
	}
}
