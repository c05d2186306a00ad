package server_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// What the server knows of a vendor comes from the contract and from the provider. So no file of
// the server, or of its configuration, names one. Tests may.
func TestServerNamesNoVendor(t *testing.T) {
	plain := strings.NewReplacer("_", "", "-", "", " ", "", "&amp;", "and", "&", "and")
	seen := 0
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "testdata" || path == "browser" || path == "apidocs/scalar"):
			return filepath.SkipDir
		case entry.IsDir() || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		seen++
		for number, line := range strings.Split(strings.ToLower(string(text)), "\n") {
			for _, vendor := range enlistv1.Vendor_name {
				name := plain.Replace(strings.ToLower(strings.TrimPrefix(vendor, "VENDOR_")))
				if name != "unspecified" && strings.Contains(plain.Replace(line), name) {
					t.Errorf("%s:%d names %s", path, number+1, name)
				}
			}
		}
		return nil
	})
	if err != nil || seen < 50 {
		t.Errorf("%d files, %v", seen, err)
	}
}
