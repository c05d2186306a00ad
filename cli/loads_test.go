package cli_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

var (
	loadRounds = flag.Int("loads.rounds", 0, "how often TestLargeResponses repeats each load; 0: once, with fewer calls")
	loadBinary = flag.String("loads.binary", "", "the server that TestLargeResponses measures; empty: it builds this one")
)

// container is the memory limit of the manifests in deploy, in bytes.
const container = 512 << 20

// With the memory of the manifests in deploy, no number of large responses kills the process. It
// refuses calls with OVERLOADED, and a refused creation succeeds later, once.
//
// The kernel kills the process if the test may create a memory cgroup. Otherwise, the test compares
// the largest resident size without files.
func TestLargeResponses(t *testing.T) {
	t.Parallel()
	binary := *loadBinary
	if binary == "" {
		binary = build(t)
	}
	const mib = 1 << 20
	read := func(provider, id string) func(*testing.T, *loaded, int) error {
		return func(t *testing.T, s *loaded, i int) error {
			_, err := s.customers.GetCustomer(t.Context(), &enlistv1.GetCustomerRequest{
				Provider: provider, CustomerId: id, IncludeVendorRecord: i%2 == 0,
			})
			return err
		}
	}
	for _, load := range []struct {
		name        string
		size        int
		calls, full int // full is the number of calls with -loads.rounds
		call        func(t *testing.T, s *loaded, i int) error
	}{
		{"caliq, creations, a list of 8 MiB", 8 * mib, 12, 64, create},
		{"caliq, reads, a list of 8 MiB", 8 * mib, 8, 32, read("caliq", "A-7")},
		{"caliq, reads, a list of 60 MiB", 60 * mib, 2, 4, read("caliq", "A-7")},
		{"avvio, reads, a list of 8 MiB", 8 * mib, 8, 32, read("avvio", "7")},
		{"avvio, reads, a list of 60 MiB", 60 * mib, 2, 4, read("avvio", "7")},
		{"opencell, reads, 3.6 MiB", 36 * mib / 10, 6, 64, read("opencell", "A-7")},
		{"opencell, reads over REST, 3.6 MiB", 36 * mib / 10, 5, 64, readOverREST},
		{"opencell, reads, 60 KiB", 60 << 10, 400, 4000, read("opencell", "A-7")},
		{"sellandsign, reads, 3.6 MiB", 36 * mib / 10, 8, 64, read("sellandsign", "A-7")},
		{"sellandsign, pages of contractors, 3.6 MiB per 100", 36 * mib / 10, 16, 64, contractors},
		{"sellandsign, reads that the caller does not fetch, 3.6 MiB", 36 * mib / 10, 200, 400, leave},
		{"valomnia, reads, 3.6 MiB", 36 * mib / 10, 6, 64, read("valomnia", "A-7")},
	} {
		t.Run(load.name, func(t *testing.T) {
			calls := load.calls
			if *loadRounds > 0 {
				calls = load.full
			}
			s, began := serveLoad(t, binary, load.size), time.Now()
			var refused, succeeded atomic.Int64
			for range max(*loadRounds, 1) {
				var group sync.WaitGroup
				s.waiting.Add(calls)
				for i := range calls {
					group.Go(func() {
						switch err := load.call(t, s, i); {
						case err == nil:
							succeeded.Add(1)
						case isOverloaded(err):
							refused.Add(1)
						default:
							t.Errorf("call %d: %v", i, err)
						}
					})
				}
				group.Wait()
			}
			peak := s.peak(t)
			t.Logf("| %s | %d | %d | %d | %.1f |", load.name, succeeded.Load(), refused.Load(), peak>>20, time.Since(began).Seconds())
			if peak >= container || succeeded.Load() == 0 {
				t.Errorf("the process used %d MiB, and %d calls succeeded", peak>>20, succeeded.Load())
			}
			if created := s.vendor.created.Load(); created != s.creations.Load() {
				t.Errorf("%d creations at the vendor, want %d", created, s.creations.Load())
			}
		})
	}
}

func isOverloaded(err error) bool {
	for _, detail := range status.Convert(err).Details() {
		if info, is := detail.(*errdetails.ErrorInfo); is {
			return status.Code(err) == codes.Unavailable && info.GetReason() == enlistv1.ErrorReason_OVERLOADED.String()
		}
	}
	return false
}

// create creates an account with a number of its own. It repeats the request as a caller does.
func create(t *testing.T, s *loaded, _ int) error {
	id := s.creations.Add(1)
	request := &enlistv1.CreateCustomerRequest{
		Provider: "caliq", RequestId: uuid.NewString(),
		Customer: &enlistv1.Customer{
			Id: fmt.Sprintf("NEW-%d", id), Name: &enlistv1.PersonName{GivenName: "John", FamilyName: "Smith"}, Email: "qa@example.com",
			BillingAddress: &enlistv1.Address{Lines: []string{"1 Rue"}, CountryCode: "FR"}, CurrencyCode: "EUR",
		},
	}
	for {
		_, err := s.customers.CreateCustomer(t.Context(), request)
		if !isOverloaded(err) {
			return err
		}
		time.Sleep(time.Second)
	}
}

func readOverREST(t *testing.T, s *loaded, i int) error {
	response, err := http.Get(fmt.Sprintf("http://%s/v1/providers/opencell/customers/A-7?include_vendor_record=%t", s.http, i%2 == 0))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	switch {
	case err != nil || response.StatusCode == http.StatusOK:
		return err
	case response.StatusCode == http.StatusServiceUnavailable && bytes.Contains(body, []byte(enlistv1.ErrorReason_OVERLOADED.String())):
		refused, _ := status.New(codes.Unavailable, "").WithDetails(&errdetails.ErrorInfo{Reason: enlistv1.ErrorReason_OVERLOADED.String()})
		return refused.Err()
	}
	return fmt.Errorf("HTTP status %d: %.200s", response.StatusCode, body)
}

func contractors(t *testing.T, s *loaded, i int) error {
	_, err := s.customers.ListContractors(t.Context(), &enlistv1.ListContractorsRequest{
		Provider: "sellandsign", CustomerId: "A-7", PageSize: 999, IncludeVendorRecord: i%2 == 0,
	})
	return err
}

// leave reads a customer and fetches no part of the response until all callers have one, or are
// refused.
func leave(t *testing.T, s *loaded, _ int) error {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	const window = 64 << 10 // a fixed one, because the client would enlarge it
	connection, err := grpc.NewClient(s.connection.Target(), grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithInitialWindowSize(window), grpc.WithInitialConnWindowSize(window))
	if err != nil {
		return err
	}
	defer connection.Close()
	stream, err := connection.NewStream(ctx, &grpc.StreamDesc{}, enlistv1.CustomerService_GetCustomer_FullMethodName)
	if err != nil {
		return err
	}
	request := &enlistv1.GetCustomerRequest{Provider: "impatient", CustomerId: "T-7", IncludeVendorRecord: true}
	if err := errors.Join(stream.SendMsg(request), stream.CloseSend()); err != nil {
		return err
	}
	header, err := stream.Header()
	s.waiting.Done()
	s.waiting.Wait()
	if err != nil || header == nil { // there is no response, only a status
		return stream.RecvMsg(&enlistv1.GetCustomerResponse{})
	}
	return nil
}

// loaded is a server process in a container's memory, and its vendor.
type loaded struct {
	*served
	vendor    *largeVendor
	creations atomic.Int64
	waiting   sync.WaitGroup // of leave
}

// serveLoad runs a server whose vendor sends responses of a size.
func serveLoad(t *testing.T, binary string, size int) *loaded {
	t.Helper()
	vendor := &largeVendor{size: size}
	server := httptest.NewServer(vendor.handler())
	t.Cleanup(server.Close)
	config := fmt.Sprintf(`
providers:
  - {name: caliq, timeout: 60s, caliq: {base_url: "%[1]s/caliq", api_key: k, channel_id: 2}}
  - {name: avvio, timeout: 60s, avvio: {base_url: "%[1]s/avvio", username: u, password: p, site_id: 1}}
  - {name: opencell, timeout: 60s, opencell: {base_url: "%[1]s/opencell", username: u, password: p, seller_code: S}}
  - {name: sellandsign, timeout: 60s, sell_and_sign: {base_url: "%[1]s/sellandsign", token: t}}
  - {name: impatient, timeout: 5s, sell_and_sign: {base_url: "%[1]s/sellandsign", token: t}}
  - {name: valomnia, timeout: 60s, valomnia: {base_url: "%[1]s/valomnia", username: u, password: p}}
`, server.URL)
	return &loaded{served: serve(t, binary, config, inContainer(t)), vendor: vendor}
}

// inContainer returns what a command needs to run with the memory of a container.
func inContainer(t *testing.T) func(*exec.Cmd) {
	t.Helper()
	group, err := memoryGroup(t)
	if err != nil {
		t.Logf("no memory cgroup, so the process gets its limit from GOMEMLIMIT: %v", err)
		return func(command *exec.Cmd) { command.Env = append(command.Env, "GOMEMLIMIT="+strconv.Itoa(container/10*9)) }
	}
	return func(command *exec.Cmd) {
		command.Args = append([]string{"sh", "-c", `echo $$ > "$0" && exec "$@"`, filepath.Join(group, "cgroup.procs")}, command.Args...)
		command.Path, command.Err = "/bin/sh", nil
	}
}

// memoryGroup creates a memory cgroup (version 1 or 2) within that of this process.
func memoryGroup(t *testing.T) (folder string, err error) {
	own, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(own)) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		root, limit := "/sys/fs/cgroup/memory", "memory.limit_in_bytes"
		switch {
		case len(parts) < 3 || parts[1] != "" && parts[1] != "memory":
			continue
		case parts[1] == "":
			root, limit = "/sys/fs/cgroup", "memory.max"
		}
		folder = filepath.Join(root, parts[2], "enlist-"+strconv.Itoa(os.Getpid()))
		if err = os.Mkdir(folder, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
			continue
		}
		if err = os.WriteFile(filepath.Join(folder, limit), []byte(strconv.Itoa(container)), 0o600); err != nil {
			_ = os.Remove(folder)
			continue
		}
		t.Cleanup(func() { _ = os.Remove(folder) })
		return folder, nil
	}
	return "", err
}

// peak returns the largest resident size of the process so far, without the pages that it maps from
// files, such as its program: the kernel drops those before it kills. It fails if the process is
// gone.
func (s *loaded) peak(t *testing.T) int {
	t.Helper()
	peak, err := peakOf(s.pid)
	if err != nil {
		t.Fatal(err)
	}
	return peak
}

// peakOf returns the largest resident size of a process so far, without the pages of its files.
func peakOf(pid int) (int, error) {
	about, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	sizeOf := func(name string) int {
		_, after, found := strings.Cut(string(about), name+":")
		if !found {
			err = errors.New("the process is gone")
			return 0
		}
		kib, wrong := strconv.Atoi(strings.Fields(after)[0])
		err = errors.Join(err, wrong)
		return kib << 10
	}
	peak := sizeOf("VmHWM") - sizeOf("RssFile")
	return peak, err
}

// largeVendor is the APIs of all vendors, with large responses about a customer A-7.
type largeVendor struct {
	size    int
	created atomic.Int64
}

func (v *largeVendor) handler() http.Handler {
	mux := http.NewServeMux()
	says := func(pattern string, body []byte, header ...string) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
			for i := 0; i < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			if w.Header().Get("Location") != "" {
				w.WriteHeader(http.StatusFound)
			}
			_, _ = w.Write(body)
		})
	}
	row := `{"ID":%d,"AccountNo":"A-%d","LastChange":"2026-11-28T10:00:00Z","Changed":"Address"}`
	says("/caliq/api/v1/CustomerChange", v.list(`{"CustomerChangeList":[`, row, `]}`))
	mux.HandleFunc("/caliq/api/v1/CustomerCreate", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, `{"CustomerCreateData":{"OK":true,"AccountID":%d}}`, v.created.Add(1))
	})
	row = `{"accountID":%d,"username":"u-%d","email":"guest@example.com","name":{"first":"John","last":"Smith"},"dtCreated":"2026-11-28T10:00:00"}`
	says("/avvio/api/ws_api", v.list(`{"status":"ok","siteList":[{"siteID":1,"accountList":[`, row, `]}]}`))
	says("/opencell/auth/", []byte(`{"access_token":"t","expires_in":3600}`))
	row = `{"code":"cf-%d","value":"x-%d","stringValue":"gold"}`
	says("/opencell/opencell/api/rest/account/customer",
		v.list(`{"actionStatus":{"status":"SUCCESS"},"customer":{"code":"A-7","customFields":{"customField":[`, row, `]}}}`))
	row = `{"name":"extra-%d","value":"x-%d"}`
	customer := v.list(`{"number":"A-7","actorId":7,"more":[`, row, `]}`)
	text := []byte(`{"number":"T-7","actorId":7,"more":"` + strings.Repeat("x", v.size) + `"}`)
	mux.HandleFunc("/sellandsign/calinda/hub/selling/model/customer/read", func(w http.ResponseWriter, r *http.Request) {
		body := customer
		if r.URL.Query().Get("number") == "T-7" {
			body = text
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body)
	})
	mux.HandleFunc("/sellandsign/calinda/hub/selling/model/contractor/read", func(w http.ResponseWriter, r *http.Request) {
		size, _ := strconv.Atoi(r.URL.Query().Get("size"))
		contractor := `{"id":1,"firstname":"John","lastname":"Smith","more":"` + strings.Repeat("x", v.size/100) + `"}`
		_, _ = io.WriteString(w, `{"elements":[`+strings.Repeat(contractor+",", size-1)+contractor+`]}`)
	})
	says("/valomnia/j_spring_security_check", nil, "Location", "/valomnia/login/ajaxSuccess", "Set-Cookie", "JSESSIONID=s")
	says("/valomnia/login/ajaxSuccess", []byte(`{"success":true}`))
	says("/valomnia/api/v1.0/customers/reference/", v.list(`{"id":7,"reference":"A-7","name":"John","more":[`, row, `]}`))
	return mux
}

// list returns a JSON text with about as many rows as fit the size. Each row has its number twice.
func (v *largeVendor) list(start, row, end string) []byte {
	var body bytes.Buffer
	body.WriteString(start)
	for i := 0; body.Len() < v.size; i++ {
		if i > 0 {
			body.WriteByte(',')
		}
		_, _ = fmt.Fprintf(&body, row, i, i)
	}
	body.WriteString(end)
	return body.Bytes()
}
