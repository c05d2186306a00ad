package cli_test

import (
	"archive/zip"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The export of a customer that was signed up, refused, updated, decided on and changed at the
// vendor has every part. The erasure asks first.
func TestExportAndEraseCustomer(t *testing.T) {
	c := newClient(t)
	create := []string{"customers", "create", "-p", "opencell", "--id", "P-1", "--given-name", "Ada", "--family-name", "Lovelace", "--country", "GB"}
	c.succeeds("", create...)
	c.run("", append(create, "--email", "ada@example.com")...) // refused: it exists
	c.succeeds("", append(create, "--email", "new@example.com", "--on-existing", "update")...)

	file := filepath.Join(t.TempDir(), "vendor.zip")
	shown := c.succeeds("", "customers", "export", "P-1", "-p", "opencell", "--vendor-file", file)
	for _, part := range []string{
		"Operation 1 of 3", "Operation 3 of 3", "SUCCEEDED", "FAILED", "REQUEST ", "payload_expire_time ", "EXCHANGE 1 WITH THE VENDOR", "RESPONSE ", "ERROR ",
		"ada@example.com", "new@example.com", "Lovelace", "ENTITY_ALREADY_EXISTS_EXCEPTION", "a ZIP file",
	} {
		if !strings.Contains(shown, part) {
			t.Errorf("the export lacks %q:\n%s", part, shown)
		}
	}
	if packed, err := zip.OpenReader(file); err != nil || len(packed.File) == 0 {
		t.Errorf("the vendor's file: %v", err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the vendor's file: %v, %v", info.Mode(), err)
	}
	var held struct{ Operations []any }
	if err := json.Unmarshal([]byte(c.succeeds("", "customers", "export", "P-1", "-p", "opencell", "-o", "json")), &held); err != nil || len(held.Operations) != 3 {
		t.Errorf("as JSON: %v, %v", held, err)
	}

	erase := []string{"customers", "erase", "P-1", "-p", "opencell", "--by", "Jo Doe", "--reason", "case 7", "--at-vendor"}
	for _, said := range []string{"", "no\n", "y\n"} {
		if _, errOut, status := c.run(said, erase...); status != 1 || !strings.Contains(errOut, "nothing was erased") {
			t.Errorf("after %q: %d %s", said, status, errOut)
		}
	}
	if out := c.succeeds("yes\n", erase...); strings.Count(out, "\n") < 4 || !strings.Contains(out, "TOMBSTONE UNTIL") || !strings.Contains(out, "random code") {
		t.Errorf("erased: %s", out)
	}
	shown = c.succeeds("", "customers", "export", "P-1", "-p", "opencell")
	if strings.Contains(shown, "Lovelace") || strings.Count(shown, "ERASED") != 2*3 || !strings.Contains(shown, "case 7") {
		t.Errorf("left: %s", shown)
	}
	c.succeeds("", append(erase, "--yes")...)
	id := regexp.MustCompile(`(?m)^([0-9a-f-]{36}) `).FindStringSubmatch(shown)[1]
	if got := c.succeeds("", "operations", "get", id); !regexp.MustCompile(`(?m)^erased +\S+Z, by Jo Doe: case 7$`).MatchString(got) {
		t.Errorf("the erasure is not in\n%s", got)
	}
	if _, errOut, status := c.run("", "operations", "resolve", id, "--failed", "--by", "Jo", "--yes"); status != 1 || strings.Contains(errOut, "--unverified") {
		t.Errorf("status %d: %s", status, errOut)
	}
	nobody := []string{"customers", "erase", "P-2", "-p", "opencell", "--by", "Jo Doe", "--reason", "case 7"}
	if out, errOut, status := c.run("", nobody...); status != 0 || out != "Enlist holds nothing of this customer.\n" || errOut != "" {
		t.Errorf("of an unknown customer: %d %s%s", status, out, errOut)
	}
	if out, _, status := c.run("", append(nobody, "--yes")...); status != 0 || !strings.HasPrefix(out, "Enlist holds nothing of this customer.\n") {
		t.Errorf("of an unknown customer: %d %s", status, out)
	}
	if out, errOut, status := c.run("", append(nobody, "--at-vendor")...); status != 1 || !strings.HasPrefix(out, "Enlist holds nothing") || !strings.Contains(errOut, "Erase the customer at provider opencell?") {
		t.Errorf("of an unknown customer at the vendor: %d %s%s", status, out, errOut)
	}
	c.fails(80, "either CUSTOMER-ID or --request-id", "", "customers", "export", "-p", "opencell")
	c.fails(80, "--by and --reason", "", "customers", "erase", "P-1", "-p", "opencell")
	c.fails(1, "OPERATION_NOT_FOUND", "", "customers", "export", "-p", "opencell", "--request-id", "0b8f6a3e-5f0c-4a57-9f0e-0d1f6f6b7a11")
}
