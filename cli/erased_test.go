package cli_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	_ "modernc.org/sqlite"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// erasing is a server with the creations of marked customers at every vendor.
type erasing struct {
	*process
	t       *testing.T
	folder  string
	config  *configv1.Config
	creates []*enlistv1.CreateCustomerRequest
	sealed  [][]byte // every version of every part of their records, as far as the test has read them
}

func startErasing(t *testing.T) *erasing {
	t.Helper()
	vendors := startVendors(t)
	e := &erasing{t: t, folder: t.TempDir(), config: processConfig(vendors.server)}
	e.config.Journal = &configv1.Journal{Store: &configv1.Journal_Sqlite{Sqlite: &configv1.Sqlite{Path: filepath.Join(e.folder, "enlist.db")}}}
	e.process = startServer(t, e.folder, e.config)
	for provider, vendor := range providers() {
		m := &marker{provider: provider, vendor: vendor}
		for range 4 { // two with all fields, two with those that every vendor takes
			request := &enlistv1.CreateCustomerRequest{}
			m.fill(request.ProtoReflect())
			m.plain = !m.plain
			_, _ = enlistv1.NewCustomerServiceClient(e.grpc).CreateCustomer(t.Context(), request) // some are refused
			e.creates = append(e.creates, request)
			e.readSealed()
		}
	}
	return e
}

// readSealed reads what the journal's tables have now.
func (e *erasing) readSealed() {
	e.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(e.folder, "enlist.db")+"?_pragma=busy_timeout(5000)")
	if err != nil {
		e.t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(e.t.Context(), `SELECT outcome FROM operations WHERE state <> 7
		UNION ALL SELECT request FROM operations WHERE request IS NOT NULL UNION ALL SELECT payload FROM exchanges`)
	if err != nil {
		e.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var part []byte
		if err := rows.Scan(&part); err != nil {
			e.t.Fatal(err)
		}
		e.sealed = append(e.sealed, part)
	}
	if err := rows.Err(); err != nil {
		e.t.Fatal(err)
	}
}

// left counts the sealed parts of which the files of the journal still have bytes.
func (e *erasing) left() (found int) {
	var files []byte
	for name, content := range e.files(e.t) {
		if strings.HasPrefix(name, "enlist.db") {
			files = append(files, content...)
		}
	}
	for _, part := range e.sealed {
		if bytes.Contains(files, part[:24]) || bytes.Contains(files, part[len(part)-24:]) {
			found++
		}
	}
	return found
}

// erase erases the customer of a creation, and returns what it said.
func (e *erasing) erase(request *enlistv1.CreateCustomerRequest) *enlistv1.EraseCustomerDataResponse {
	e.t.Helper()
	operations, privacy := enlistv1.NewOperationServiceClient(e.grpc), enlistv1.NewPrivacyServiceClient(e.grpc)
	ctx := e.t.Context()
	found, err := operations.GetOperation(ctx, &enlistv1.GetOperationRequest{Provider: request.GetProvider(), RequestId: request.GetRequestId()})
	if err != nil {
		e.t.Fatal(err)
	}
	erase := &enlistv1.EraseCustomerDataRequest{
		Provider: request.GetProvider(), EraseAtVendor: true, DecidedBy: "Jo Doe", Reason: "case 7",
		Subject: &enlistv1.EraseCustomerDataRequest_RequestId{RequestId: request.GetRequestId()},
	}
	if id := found.GetOperation().GetCustomerId(); id != "" {
		erase.Subject = &enlistv1.EraseCustomerDataRequest_CustomerId{CustomerId: id}
	}
	for {
		erased, err := privacy.EraseCustomerData(ctx, erase)
		if err == nil {
			return erased
		}
		if !strings.Contains(err.Error(), request.GetRequestId()) {
			e.t.Fatal(err)
		}
		e.readSealed()
		_, _ = operations.ResolveOperation(ctx, &enlistv1.ResolveOperationRequest{
			Provider: request.GetProvider(), RequestId: request.GetRequestId(), Decision: enlistv1.Decision_DECISION_FAILED,
			DecidedBy: marked + "person", Reason: marked + "reason", Unverified: true,
		})
		time.Sleep(100 * time.Millisecond)
	}
}

// export returns all that the server shows of a creation, as text.
func (e *erasing) export(request *enlistv1.CreateCustomerRequest) string {
	e.t.Helper()
	held, err := enlistv1.NewPrivacyServiceClient(e.grpc).ExportCustomerData(e.t.Context(), &enlistv1.ExportCustomerDataRequest{
		Provider: request.GetProvider(), Subject: &enlistv1.ExportCustomerDataRequest_RequestId{RequestId: request.GetRequestId()},
	})
	if err != nil {
		e.t.Fatal(err)
	}
	return protojson.Format(held)
}

func (e *erasing) runs(arguments ...string) string {
	e.t.Helper()
	out, err := e.tries(arguments...)
	if err != nil {
		e.t.Fatalf("%v: %s", err, out)
	}
	return out
}

func (e *erasing) tries(arguments ...string) (string, error) {
	e.t.Helper()
	text, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(e.config)
	if err != nil {
		e.t.Fatal(err)
	}
	out, err := exec.Command(binary, append([]string{arguments[0], "--config", write(e.t, string(text))}, arguments[1:]...)...).CombinedOutput()
	return string(out), err
}

// hasNone asserts that a text has no mark.
func (e *erasing) hasNone(where, content string) {
	e.t.Helper()
	lower := strings.ToLower(content)
	for _, mark := range markers() {
		if at := strings.Index(lower, strings.ToLower(mark)); at >= 0 {
			e.t.Errorf("%s has %s: …%q…", where, mark, lower[max(at-100, 0):min(at+100, len(lower))])
		}
	}
}

// After an erasure, nothing of a customer is left: not in what the server shows, not in the log,
// and neither as text nor sealed in the files. A backup brings it back, and a newer list erases it
// again.
func TestErasedIsGone(t *testing.T) {
	e := startErasing(t)
	for _, request := range e.creates {
		exported := strings.ToLower(e.export(request))
		for _, field := range []string{"familyname", "email"} {
			if !strings.Contains(exported, marked+field) && !strings.Contains(exported, "displayname") {
				t.Errorf("the export at %s lacks %s", request.GetProvider(), field)
			}
		}
	}
	if found := e.left(); found < len(e.creates)*3 {
		t.Fatalf("only %d sealed parts are in the files: the test proves nothing", found)
	}
	before, after := filepath.Join(e.folder, "before"), filepath.Join(e.folder, "after")
	e.runs("backup", before)

	for _, request := range e.creates {
		erased := e.erase(request)
		if documented := erased.GetVendorResult() != enlistv1.VendorDataResult_VENDOR_DATA_RESULT_NOT_OFFERED; documented != (request.GetProvider() == "opencell") {
			t.Errorf("%s: %s", request.GetProvider(), erased.GetVendorResult())
		}
	}
	if found := e.left(); found > 0 {
		t.Errorf("%d of %d sealed parts are still in the files", found, len(e.sealed))
	}
	sends := func() string {
		return send(t, "GET", e.config.GetProviders()[0].GetOpencell().GetBaseUrl()+"/sandbox/records", http.NoBody, nil)
	}
	vendors := sends()
	for _, request := range e.creates {
		e.hasNone("the export", e.export(request))
		response, err := enlistv1.NewCustomerServiceClient(e.grpc).CreateCustomer(t.Context(), request)
		if err == nil || !strings.Contains(err.Error(), "Use a new request_id") {
			t.Errorf("%s: %v, %v", request.GetProvider(), response, err)
		}
	}
	if sends() != vendors {
		t.Error("a repeated request reached a vendor")
	}
	e.runs("backup", after)
	list, err := os.ReadFile(after + ".erased")
	if err != nil || bytes.Count(list, []byte("\n")) != len(e.creates)+1 {
		t.Errorf("the list: %s, %v", list, err)
	}
	e.hasNone("the list", string(list))
	only := filepath.Join(e.folder, "only")
	e.runs("backup", "--only-erased", only)
	alone, err := os.ReadFile(only)
	if err != nil || bytes.Count(alone, []byte("\n")) != len(e.creates)+1 {
		t.Errorf("the list alone: %s, %v", alone, err)
	}
	for _, arguments := range [][]string{{filepath.Join(e.folder, "again")}, {"--only-erased", filepath.Join(e.folder, "again.erased")}} {
		if err := os.WriteFile(filepath.Join(e.folder, "again.erased"), list, 0o600); err != nil {
			t.Fatal(err)
		}
		if said, err := e.tries(append([]string{"backup"}, arguments...)...); err == nil || !strings.Contains(said, "again.erased exists already. Name a new file") {
			t.Errorf("over another list: %s, %v", said, err)
		}
	}
	if _, err := os.Stat(filepath.Join(e.folder, "again")); err == nil {
		t.Error("there is a copy without its list")
	}
	e.end(syscall.SIGTERM)
	e.hasNone("the log", e.said())

	if said := e.runs("restore", before); !strings.Contains(said, "Warning: what was erased after the backup is back") {
		t.Errorf("restore says %s", said)
	}
	if said := e.runs("restore", before, "--erased", only); !strings.Contains(said, fmt.Sprintf("%d of them were erased again", len(e.creates))) {
		t.Errorf("restore says %s", said)
	}
	for _, name := range []string{"-wal", "-shm", ""} { // the old files are the operator's to delete
		kept, _ := filepath.Glob(filepath.Join(e.folder, "enlist.db.before-restore-*"+name))
		for _, file := range kept {
			_ = os.Remove(file)
		}
	}
	if found := e.left(); found > 0 {
		t.Errorf("%d of %d sealed parts are back", found, len(e.sealed))
	}
	e.process = startServer(t, e.folder, e.config)
	for _, request := range e.creates {
		e.hasNone("the export after the restore", e.export(request))
	}
}
