package apidocs

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"strings"
	"testing"
)

// The bundle is the download of `make scalar`, in the version that the Makefile pins.
func TestScalarIsPinned(t *testing.T) {
	compressed, err := scalar.Open("scalar/standalone.js.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer compressed.Close()
	reader, err := gzip.NewReader(compressed)
	if err != nil {
		t.Fatal(err)
	}
	bundle, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	pinned, err := os.ReadFile("scalar/standalone.js.sha256")
	if err != nil {
		t.Fatal(err)
	}
	want, name, _ := strings.Cut(strings.TrimSpace(string(pinned)), " ")
	if sum := sha256.Sum256(bundle); hex.EncodeToString(sum[:]) != want {
		t.Errorf("the bundle has the checksum %x, not %s: make scalar", sum, want)
	}
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	if version := strings.TrimPrefix(name, "@scalar/api-reference@"); !bytes.Contains(makefile, []byte("\nSCALAR := "+version+"\n")) {
		t.Errorf("the bundle is %s, and the Makefile pins another: make scalar", name)
	}
}
