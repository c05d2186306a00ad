package crashtest_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/enlist-dev/enlist/cli"
	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/sandbox"
)

const (
	// vendorTimeout and lookupLag are the providers' settings: as short as two slow cores permit.
	vendorTimeout = time.Second
	lookupLag     = time.Second
)

// world is a sandbox, a journal, and a server that dies and starts again.
type world struct {
	*chance
	*vendorControl
	t       *testing.T
	folder  string
	vendors *httptest.Server
	// plan gives the ENLIST_CRASH of the next start; "" for none.
	plan func() string
	// program gives the program of the next start; nil for that of the working tree.
	program func() string
	// died is called at every kill with the step, or "" for a kill from outside.
	died func(step string)
	// adjust changes the configuration of every start; nil for no change.
	adjust func(*configv1.Config)
	// alike accepts two different responses as the same; nil: none.
	alike func(a, b *enlistv1.CreateCustomerResponse) bool

	mu      sync.Mutex
	current *process
	change  chan struct{} // closed when current changes
	ending  bool
	ended   chan struct{}
}

// newWorld starts a world whose server dies as planned and is started again. adjust may be nil.
func newWorld(t *testing.T, c *chance, plan func() string, died func(step string), adjust func(*configv1.Config)) *world {
	t.Helper()
	folder, err := os.MkdirTemp(scratch, strings.NewReplacer("/", "-", " ", "").Replace(t.Name())+"-")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{
		chance: c, t: t, folder: folder, vendors: httptest.NewServer(sandbox.New()), plan: plan, died: died, adjust: adjust,
		change: make(chan struct{}), ended: make(chan struct{}),
	}
	w.vendorControl = newVendorControl(t, w.vendors.URL)
	go w.supervise()
	t.Cleanup(w.end)
	return w
}

func (w *world) config() string { return filepath.Join(w.folder, "enlist.yaml") }

// The keys of every journal.
const (
	oneKey     = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	anotherKey = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="
)

// configure makes the configuration of a server with its journal in a folder.
func configure(vendorsURL, folder string) *configv1.Config {
	config := cli.EmbeddedConfig(vendorsURL)
	config.Grpc.Address, config.Http.Address = "127.0.0.1:0", "127.0.0.1:0"
	config.Journal = &configv1.Journal{Store: &configv1.Journal_Sqlite{Sqlite: &configv1.Sqlite{Path: filepath.Join(folder, "enlist.db")}}}
	config.Shutdown = &configv1.Shutdown{Timeout: durationpb.New(time.Second)}
	for _, provider := range config.GetProviders() {
		provider.Timeout, provider.LookupLag = durationpb.New(vendorTimeout), durationpb.New(lookupLag)
	}
	return config
}

// write writes a configuration; JSON is YAML.
func write(t *testing.T, file string, config *configv1.Config) {
	t.Helper()
	text, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(config)
	if err == nil {
		err = os.WriteFile(file, text, 0o600)
	}
	if err != nil {
		t.Error(err)
	}
}

// supervise starts the server again after each death, until the world ends.
func (w *world) supervise() {
	defer close(w.ended)
	for life := 1; ; life++ {
		plan := w.plan()
		w.configure()
		program := binary
		if w.program != nil {
			program = w.program()
		}
		p, err := startProcess(program, w.config(), plan, filepath.Join(w.folder, fmt.Sprintf("server-%02d.log", life)))
		if err != nil {
			w.t.Errorf("starting the server: %v", err)
			return
		}
		if w.set(p) {
			_ = p.stop()
			return
		}
		<-p.died
		if p.connection != nil {
			_ = p.connection.Close()
		}
		if w.set(nil) {
			return
		}
		switch {
		case p.wasKilled():
			step, _, _ := strings.Cut(plan, ":")
			w.died(step)
		case !p.asked.Load():
			w.t.Errorf("the server ended without a signal: %s; see %s", p.how(), w.folder)
			return
		}
	}
}

// configure writes the configuration of the next process, with changes by chance.
func (w *world) configure() {
	config := configure(w.vendors.URL, w.folder)
	config.Journal.EncryptionKeys = []string{oneKey, anotherKey}
	if w.percent(50) { // change the first key, so that records are encrypted again while others work on them
		slices.Reverse(config.GetJournal().GetEncryptionKeys())
	}
	if w.percent(25) { // nothing is sent again without a caller
		config.Journal.FinishWithin = durationpb.New(0)
	}
	if w.adjust != nil {
		w.adjust(config)
	}
	write(w.t, w.config(), config)
}

// set makes a process the current one, and reports whether the world is ending.
func (w *world) set(p *process) (ending bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.current = p
	close(w.change)
	w.change = make(chan struct{})
	return w.ending
}

// server waits for a running server. It returns nil if the context or the world ends first.
func (w *world) server(ctx context.Context) *process {
	for {
		w.mu.Lock()
		p, change := w.current, w.change
		w.mu.Unlock()
		if p != nil && p.serving {
			select {
			case <-p.died:
			default:
				return p
			}
		}
		select {
		case <-change:
		case <-ctx.Done():
			return nil
		case <-w.ended:
			return nil
		}
	}
}

func (w *world) end() {
	w.mu.Lock()
	w.ending = true
	p := w.current
	w.mu.Unlock()
	if p != nil {
		if err := p.stop(); err != nil && !p.wasKilled() {
			w.t.Error(err)
		}
	}
	<-w.ended
	w.vendors.Close()
	if !w.t.Failed() {
		_ = os.RemoveAll(w.folder)
	}
}
