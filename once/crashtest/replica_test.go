package crashtest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/sandbox"
)

const (
	// lease is how long other replicas take a silent one for alive: the default of journal.Options.
	lease = 10 * time.Second
	// takenOver is the time after which another replica has certainly taken the work of a dead one:
	// the lease, the reconciler's tick, and a margin.
	takenOver = lease + 4*time.Second
)

// vendorSide is the vendors as several replicas see them: one sandbox with an address for each
// replica, so that the test knows which replica sent a request.
type vendorSide struct {
	api     http.Handler
	ordered *orderedFaults

	mu       sync.Mutex
	calls    []vendorCall
	meetings map[string]*meeting // by replica
}

// meeting holds the create requests of a replica at the vendors' side until enough are there.
type meeting struct {
	missing int
	over    chan struct{}
}

// vendorCall is a request that has reached the vendors' side, whatever happened to it there.
type vendorCall struct {
	from    string // the replica
	at      time.Time
	creates bool
	text    string // of URL and body, in lower case
}

func newVendorSide() *vendorSide {
	return &vendorSide{api: sandbox.New(), ordered: &orderedFaults{}, meetings: map[string]*meeting{}}
}

// serve opens an address for a replica.
func (s *vendorSide) serve(replica string) *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/sandbox") {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				panic(http.ErrAbortHandler)
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			if held := s.note(replica, r, string(body)); held != nil {
				<-held.over
			}
		}
		s.api.ServeHTTP(w, r)
	}))
}

// note returns the meeting that a create request has to wait for; nil for none.
func (s *vendorSide) note(replica string, r *http.Request, body string) *meeting {
	text := r.URL.String() + " " + body
	creates := r.Method == http.MethodPost && (strings.Contains(text, "CRMAccountHierarchy") || strings.HasSuffix(r.URL.Path, "/customers") ||
		strings.Contains(text, "selectOrCreateCustomer") || strings.Contains(text, "CustomerCreate") || strings.Contains(text, "createAccount"))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, vendorCall{from: replica, at: time.Now(), creates: creates, text: strings.ToLower(text)})
	held := s.meetings[replica]
	if !creates || held == nil {
		return nil
	}
	if held.missing--; held.missing == 0 {
		s.endMeeting(replica)
	}
	return held
}

// endMeeting needs s.mu.
func (s *vendorSide) endMeeting(replica string) {
	if held := s.meetings[replica]; held != nil {
		close(held.over)
		delete(s.meetings, replica)
	}
}

// creates returns the create requests for a customer since a time, from a replica or, if that is
// empty, from all.
func (s *vendorSide) creates(c *create, from string, since time.Time) (found []vendorCall) {
	key, _, _ := strings.Cut(strings.ToLower(c.vendor.key(c.request)), "@")
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, call := range s.calls {
		if call.creates && strings.Contains(call.text, key) && (from == "" || call.from == from) && !call.at.Before(since) {
			found = append(found, call)
		}
	}
	return found
}

// lookups returns the number of other requests since a time.
func (s *vendorSide) lookups(since time.Time) (count int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, call := range s.calls {
		if !call.creates && call.at.After(since) {
			count++
		}
	}
	return count
}

// waitForCreates waits until each create request has reached the vendors' side.
func (s *vendorSide) waitForCreates(t *testing.T, creates []*create) {
	t.Helper()
	for began := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		there := 0
		for _, c := range creates {
			if len(s.creates(c, "", time.Time{})) > 0 {
				there++
			}
		}
		if there == len(creates) {
			return
		}
		if time.Since(began) > 20*time.Second {
			t.Fatalf("%d of %d create requests have reached the vendors", there, len(creates))
		}
	}
}

// waitForSends waits until a number of a replica's create requests are at the vendors at the same
// time, and reports whether they were. It holds each until the last one is there.
func (s *vendorSide) waitForSends(ctx context.Context, replica string, count int) bool {
	held := &meeting{missing: count, over: make(chan struct{})}
	s.mu.Lock()
	s.meetings[replica] = held
	s.mu.Unlock()
	select {
	case <-held.over:
	case <-ctx.Done():
	case <-time.After(20 * time.Second):
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if held.missing > 0 {
		s.endMeeting(replica)
	}
	return held.missing == 0
}

// replica is a world with a journal and vendors that others may share.
type replica struct {
	*world
	name string
	gate chan struct{} // has room while the server may start
}

// replicaOptions are the options of a replica.
type replicaOptions struct {
	// plan is the ENLIST_CRASH of its first process.
	plan string
	// program gives the program of each process; nil for that of the working tree.
	program func() string
	// change changes its configuration; nil for no change.
	change func(*configv1.Config)
	// killed is called at each kill; nil for none.
	killed func()
}

// newReplica starts a replica. It runs until the test ends, and starts again after each kill,
// unless it is held down.
func newReplica(t *testing.T, c *chance, side *vendorSide, name string, journal *configv1.Journal, options replicaOptions) *replica {
	t.Helper()
	folder, err := os.MkdirTemp(scratch, strings.NewReplacer("/", "-", " ", "").Replace(t.Name())+"-"+name+"-")
	if err != nil {
		t.Fatal(err)
	}
	r := &replica{name: name, gate: make(chan struct{}, 1)}
	r.gate <- struct{}{}
	lives := 0
	r.world = &world{
		chance: c, t: t, folder: folder, vendors: side.serve(name), change: make(chan struct{}), ended: make(chan struct{}),
		plan: func() string {
			<-r.gate
			r.gate <- struct{}{}
			if lives++; lives == 1 {
				return options.plan
			}
			return ""
		},
		program: options.program,
		died: func(string) {
			if options.killed != nil {
				options.killed()
			}
		},
		adjust: func(config *configv1.Config) {
			config.Journal = journal
			if options.change != nil {
				options.change(config)
			}
		},
	}
	r.vendorControl = &vendorControl{t, r.vendors.URL, side.ordered}
	go r.supervise()
	t.Cleanup(func() {
		r.letUp()
		if p := r.now(); p != nil {
			r.signal(syscall.SIGCONT)
		}
		r.end()
	})
	return r
}

// holdDown prevents the next start of the server until letUp.
func (r *replica) holdDown() { <-r.gate }

func (r *replica) letUp() {
	select {
	case r.gate <- struct{}{}:
	default:
	}
}

// now returns the server that runs at present; nil for none.
func (r *replica) now() *process {
	r.mu.Lock()
	defer r.mu.Unlock()
	if p := r.current; p != nil && p.serving {
		select {
		case <-p.died:
		default:
			return p
		}
	}
	return nil
}

// signal sends a signal to the server, if it is up.
func (r *replica) signal(signal syscall.Signal) {
	if p := r.now(); p != nil {
		_ = p.command.Process.Signal(signal)
	}
}

// mustServe waits for the server. It fails the test if none starts.
func (r *replica) mustServe(ctx context.Context) *process {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	p := r.server(ctx)
	if p == nil {
		r.t.Fatalf("replica %s does not serve; see %s", r.name, r.folder)
	}
	return p
}

// stillThat fails the test if another server runs now.
func (r *replica) stillThat(p *process) {
	r.t.Helper()
	if r.now() != p {
		r.t.Errorf("replica %s was started again or does not run: %s; see %s", r.name, p.how(), r.folder)
	}
}

// onPostgres is a journal in a database that replicas share.
func onPostgres(dsn string) *configv1.Journal {
	return &configv1.Journal{
		Store:          &configv1.Journal_Postgres{Postgres: &configv1.Postgres{Dsn: dsn}},
		EncryptionKeys: []string{oneKey},
	}
}

func onSQLite(folder string) *configv1.Journal {
	return &configv1.Journal{Store: &configv1.Journal_Sqlite{Sqlite: &configv1.Sqlite{Path: filepath.Join(folder, "enlist.db")}}}
}

// pursueAnywhere repeats a request until the response is final, each time at any running replica.
func pursueAnywhere(ctx context.Context, c *create, replicas []*replica, m manner) {
	for ctx.Err() == nil {
		r := one(replicas[0].chance, replicas)
		p := r.now()
		if p == nil {
			if !sleep(ctx, 20*time.Millisecond) {
				return
			}
			continue
		}
		patience := 4 * time.Second
		if m.hurried && r.percent(50) {
			patience = r.between(10*time.Millisecond, 400*time.Millisecond)
		}
		within, cancel := context.WithTimeout(ctx, patience)
		said := c.try(within, p, r.percent(40))
		cancel()
		if said != again || m.never {
			return
		}
		pause := r.between(5*time.Millisecond, 250*time.Millisecond)
		if m.leaves && r.percent(50) {
			pause = r.between(500*time.Millisecond, 2500*time.Millisecond)
		}
		sleep(ctx, pause)
	}
}

// callersAnywhere sends requests to any of the replicas. Each request has at least two callers.
func callersAnywhere(ctx context.Context, replicas []*replica, creates []*create, atOnce int) {
	queue := make(chan *create)
	var working sync.WaitGroup
	for range atOnce {
		working.Go(func() {
			for c := range queue {
				var together sync.WaitGroup
				manners := mannersOf(replicas[0].chance)
				if len(manners) == 1 && replicas[0].percent(50) {
					manners = append(manners, manner{})
				}
				for _, m := range manners {
					together.Go(func() { pursueAnywhere(ctx, c, replicas, m) })
				}
				together.Wait()
			}
		})
	}
	for _, c := range creates {
		queue <- c
	}
	close(queue)
	working.Wait()
}

// createsAtAll makes a number of creations at each vendor.
func createsAtAll(c *chance, count int) (creates []*create) {
	all := vendors()
	for range count {
		for i := range all {
			creates = append(creates, requestsFor(c, &all[i], 1, all[i].onExisting)...)
		}
	}
	return creates
}

// plainCreates makes one creation of a new customer at each vendor.
func plainCreates() (creates []*create) {
	all := vendors()
	for i := range all {
		creates = append(creates, &create{vendor: &all[i], request: all[i].request(fail)})
	}
	return creates
}

// verifyAt verifies at one replica, and then that the others return the same.
func verifyAt(ctx context.Context, replicas []*replica, creates []*create) tally {
	found := verify(ctx, replicas[0].world, creates)
	for _, other := range replicas[1:] {
		if other.t.Failed() {
			break
		}
		if states := other.atRest(ctx, creates); states != nil {
			other.listed(ctx, creates, states)
			again := tally{}
			other.hold(ctx, &again, creates, states)
			found.contradicted += again.contradicted
		}
	}
	found.rounds = 1
	return found
}

// orderAll injects the same fault for the next creations at all vendors.
func (r *replica) orderAll(fault sandbox.Fault) {
	for _, v := range vendors() {
		fault.Vendor = v.sandbox
		r.fault(fault)
	}
}

// short names a creation in messages.
func short(c *create) string {
	text, _ := json.Marshal(map[string]string{"provider": c.vendor.name, "request_id": c.request.GetRequestId()})
	return fmt.Sprint(string(text))
}
