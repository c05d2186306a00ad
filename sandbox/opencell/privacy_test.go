package opencell_test

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

// The export is a ZIP file with the customer, and an anonymised customer has no name, address and
// contact data left at any level.
func TestPrivacy(t *testing.T) {
	w := sandboxtest.NewWorld(t)
	token := w.OpencellToken()
	const body = `{"crmAccountType":"C_UA","crmParentCode":"MAIN_SELLER","code":"P-1","description":"kept","customerCategory":"CLIENT",
		"currency":"EUR","language":"FRA","billingCycle":"BC_MONTHLY_1ST","country":"FR","electronicBilling":true,"email":"own@example.com",
		"name":{"firstName":"own given","lastName":"own family"},"address":{"address1":"own street","zipCode":"own zip","city":"own city","country":"FR"},
		"contactInformation":{"email":"own@example.com","mobile":"own mobile"}}`
	if r := w.Opencell("POST", sandboxtest.OpencellCreate, body, token); r.Status != 200 {
		t.Fatal(r.Status, r.Body)
	}
	exported := w.Opencell("GET", sandboxtest.OpencellAPI+"customer/exportCustomerHierarchy?customerCode=P-1", "", token)
	packed, err := zip.NewReader(bytes.NewReader([]byte(exported.Body)), int64(len(exported.Body)))
	if err != nil || len(packed.File) != 1 {
		t.Fatalf("%v: %q", err, exported.Body)
	}
	file, err := packed.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := io.ReadAll(file); strings.Count(string(text), "own family") < 4 {
		t.Errorf("exported %s", text)
	}
	for range 2 {
		if r := w.Opencell("GET", sandboxtest.OpencellAPI+"customer/anonymizeGdpr?customerCode=P-1", "", token); r.Status != 200 {
			t.Error(r.Status, r.Body)
		}
	}
	read := w.Opencell("GET", sandboxtest.OpencellAPI+"customer?customerCode=P-1&includeCustomerAccounts=true", "", token)
	if strings.Contains(read.Body, "own") || !strings.Contains(read.Body, "kept") || !strings.Contains(read.Body, `"firstName"`) {
		t.Errorf("left: %s", read.Body)
	}
	for path, status := range map[string]int{"?customerCode=P-2": 404, "": 400} {
		for _, request := range []string{"exportCustomerHierarchy", "anonymizeGdpr"} {
			if r := w.Opencell("GET", sandboxtest.OpencellAPI+"customer/"+request+path, "", token); r.Status != status {
				t.Errorf("%s%s: %d %s", request, path, r.Status, r.Body)
			}
		}
	}
}
