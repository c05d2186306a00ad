package sandboxtest

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/enlist-dev/enlist/sandbox"
)

// Order orders a fault from the sandbox at a URL. The fault is the JSON of a sandbox.Fault.
func Order(t testing.TB, url, fault string) {
	t.Helper()
	control(t, http.MethodPost, url+"/sandbox/faults", fault)
}

// Records returns what a vendor in the sandbox at a URL holds.
func Records(t testing.TB, url, vendor string) []sandbox.Record {
	t.Helper()
	var held struct{ Records []sandbox.Record }
	if err := json.Unmarshal(control(t, http.MethodGet, url+"/sandbox/records?vendor="+vendor, ""), &held); err != nil {
		t.Fatal(err)
	}
	return held.Records
}

// Created returns how often a vendor in the sandbox at a URL created each customer.
func Created(t testing.TB, url, vendor string) map[string]int {
	t.Helper()
	created := map[string]int{}
	for _, record := range Records(t, url, vendor) {
		created[record.Key] = record.Created
	}
	return created
}

// AwaitFaults waits until every ordered fault is used up, for 5 seconds at most. Then each of their
// requests has arrived.
func AwaitFaults(t testing.TB, url string) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		var pending struct{ Faults []any }
		if err := json.Unmarshal(control(t, http.MethodGet, url+"/sandbox/faults", ""), &pending); err != nil {
			t.Fatal(err)
		}
		if len(pending.Faults) == 0 {
			return
		}
	}
	t.Fatal("the requests did not reach the vendor")
}

func control(t testing.TB, method, url, body string) []byte {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode >= http.StatusMultipleChoices {
		t.Fatalf("%s %s with %s: %s %s %v", method, url, body, response.Status, text, err)
	}
	return text
}
