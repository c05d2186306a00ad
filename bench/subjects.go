package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/enlist-dev/enlist/bench/byhand"
)

// apiKey is the API key of Enlist's callers.
const apiKey = "bench-key"

// subject is a measured server. It is one process, or several processes that share the requests.
type subject struct {
	name string
	// The addresses of each process, and the URLs that serve allocations. A subject that does not
	// serve REST has no addresses for it.
	grpc, rest, stats []string
	commands          []*exec.Cmd
	// Where it keeps its creations: a file, a PostgreSQL server of its own, or neither.
	file   string
	server *server

	created int // by this program
}

// stage is a folder for a run, and the processes that the run has started in it.
type stage struct {
	folder  string
	self    string // this program
	started []*exec.Cmd
	servers []*server
}

// start starts a program. Its output goes to a file in the folder.
func (s *stage) start(ctx context.Context, log string, environment []string, program string, arguments ...string) (*exec.Cmd, error) {
	command := exec.CommandContext(ctx, program, arguments...)
	command.Env = append(os.Environ(), environment...)
	file, err := os.Create(filepath.Join(s.folder, log))
	if err != nil {
		return nil, err
	}
	command.Stdout, command.Stderr = file, file
	if err := command.Start(); err != nil {
		return nil, err
	}
	s.started = append(s.started, command)
	return command, nil
}

// restart starts the ended process of a subject again, and waits until it accepts connections.
func (s *stage) restart(ctx context.Context, ended *subject) error {
	old := ended.commands[0]
	command := exec.CommandContext(ctx, old.Path, old.Args[1:]...)
	command.Env, command.Stdout, command.Stderr = old.Env, old.Stdout, old.Stderr
	if err := command.Start(); err != nil {
		return err
	}
	s.started = append(s.started, command)
	ended.commands[0] = command
	return waitFor(ctx, ended.grpc...)
}

// stop ends the process gracefully.
func (s *subject) stop() error {
	if err := s.commands[0].Process.Signal(os.Interrupt); err != nil {
		return err
	}
	return s.commands[0].Wait()
}

// end stops all processes and removes the folder.
func (s *stage) end() {
	for _, command := range s.started {
		_ = command.Process.Kill()
		_ = command.Wait()
	}
	for _, server := range s.servers {
		server.Stop()
	}
	_ = os.RemoveAll(s.folder)
}

// freeAddresses returns loopback addresses on which no process listens.
func freeAddresses(ctx context.Context, count int) ([]string, error) {
	all := make([]string, count)
	for i := range all {
		var ports net.ListenConfig
		listener, err := ports.Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer func() { _ = listener.Close() }()
		all[i] = listener.Addr().String()
	}
	return all, nil
}

// waitFor returns when servers accept connections at the addresses.
func waitFor(ctx context.Context, addresses ...string) error {
	for _, address := range addresses {
		for again := 0; ; again++ {
			var dialer net.Dialer
			connection, err := dialer.DialContext(ctx, "tcp", address)
			if err == nil {
				_ = connection.Close()
				break
			}
			if again > 5000 || ctx.Err() != nil {
				return err
			}
			time.Sleep(2 * time.Millisecond)
		}
	}
	return nil
}

// startVendor starts the vendor and returns its URL.
func (s *stage) startVendor(ctx context.Context, environment ...string) (string, error) {
	at, err := freeAddresses(ctx, 1)
	if err != nil {
		return "", err
	}
	if _, err := s.start(ctx, "vendor.log", environment, s.self, "vendor", at[0]); err != nil {
		return "", err
	}
	return "http://" + at[0], waitFor(ctx, at...)
}

// part is a server that a program of ours serves when it is called with the name of the part.
type part struct {
	name, program, part string
	postgres            bool
}

// startBare starts the server written by hand that keeps nothing.
func (s *stage) startBare(ctx context.Context, vendor string) (*subject, error) {
	return s.startPart(ctx, vendor, part{name: bareHandler, program: s.self, part: partBare})
}

// startPart starts a part. Unless the part uses PostgreSQL, its database is a file.
func (s *stage) startPart(ctx context.Context, vendor string, p part) (*subject, error) {
	at, err := freeAddresses(ctx, 2)
	if err != nil {
		return nil, err
	}
	made := &subject{name: p.name, grpc: at[:1], stats: []string{"http://" + at[1]}}
	database := filepath.Join(s.folder, p.part+".db")
	switch {
	case p.postgres:
		if made.server, err = s.startPostgres(ctx); err != nil {
			return nil, err
		}
		database = made.server.dsn
	case p.part != partBare:
		made.file = database
	}
	environment := []string{byhand.VendorVariable + "=" + vendor, byhand.StatsVariable + "=" + at[1], byhand.DatabaseVariable + "=" + database}
	command, err := s.start(ctx, p.part+".log", environment, p.program, p.part, at[0])
	if err != nil {
		return nil, err
	}
	made.commands = append(made.commands, command)
	return made, waitFor(ctx, at...)
}

// startPostgres starts a PostgreSQL server, which ends with the stage.
func (s *stage) startPostgres(ctx context.Context) (*server, error) {
	server, err := startPostgres(ctx)
	if err == nil {
		s.servers = append(s.servers, server)
	}
	return server, err
}

// enlist says how Enlist is started.
type enlist struct {
	name     string // of the subject; no two in a stage have the same
	journal  string // empty means an SQLite file
	audited  bool   // with an audit stream to a file
	replicas int    // that share the journal; 0 means 1
	memory   bool   // with a limit of 460 MiB
}

// binary returns the path of Enlist's program.
func (s *stage) binary() string { return filepath.Join(s.folder, "enlist-program") }

// build builds Enlist as make build does.
func (s *stage) build(ctx context.Context) error {
	command := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", s.binary(), "github.com/enlist-dev/enlist")
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, text)
	}
	return nil
}

// startEnlist builds Enlist and starts it with everything on.
func (s *stage) startEnlist(ctx context.Context, vendor string, e *enlist) (*subject, error) {
	if err := s.build(ctx); err != nil {
		return nil, err
	}
	made, journal, audit := &subject{name: e.name}, e.journal, ""
	base := strings.NewReplacer(" ", "-", ",", "").Replace(e.name)
	if journal == "" {
		made.file = filepath.Join(s.folder, base+".db")
		journal = fmt.Sprintf("{sqlite: {path: %q}}", made.file)
	}
	if e.audited {
		audit = fmt.Sprintf("audit: {file: %q}", filepath.Join(s.folder, "audit.jsonl"))
	}
	var environment []string
	if e.memory {
		environment = append(environment, "GOMEMLIMIT=460MiB")
	}
	for i := range max(1, e.replicas) {
		at, err := freeAddresses(ctx, 3)
		if err != nil {
			return nil, err
		}
		config := fmt.Sprintf(`
grpc: {address: %q}
http: {address: %q}
admin: {address: %q}
journal: %s
auth: {api_keys: [{name: bench, sha256: "%x"}]}
providers:
  - name: opencell
    max_in_flight: 10000
    opencell: {base_url: %q, username: bench, password: bench, seller_code: MAIN_SELLER, customer_category: CLIENT, currency_code: EUR,
      language_code: en, defaults: {billing_cycle: BC_MONTHLY_1ST}}
%s
`, at[0], at[1], at[2], journal, sha256.Sum256([]byte(apiKey)), vendor, audit)
		file := filepath.Join(s.folder, fmt.Sprintf("%s-%d.yaml", base, i))
		if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
			return nil, err
		}
		command, err := s.start(ctx, fmt.Sprintf("%s-%d.log", base, i), environment, s.binary(), "serve", "--config", file)
		if err != nil {
			return nil, err
		}
		made.commands = append(made.commands, command)
		made.grpc, made.rest, made.stats = append(made.grpc, at[0]), append(made.rest, at[1]), append(made.stats, "http://"+at[2]+"/metrics")
	}
	return made, waitFor(ctx, append(made.grpc, made.rest...)...)
}

// profile records the first process during the next seconds, if the process serves profiles. It
// writes a CPU profile and an allocation profile to a folder.
func (s *subject) profile(ctx context.Context, folder, series string, seconds float64) error {
	admin, has := strings.CutSuffix(s.stats[0], "/metrics")
	if !has {
		return nil
	}
	series = strings.NewReplacer(" ", "-", ",", "").Replace(series)
	failed := make(chan error, 1)
	query := fmt.Sprintf("?seconds=%d", int(seconds))
	go func() {
		failed <- save(ctx, admin+"/debug/pprof/allocs"+query, filepath.Join(folder, series+".allocs.pprof"))
	}()
	return errors.Join(save(ctx, admin+"/debug/pprof/profile"+query, filepath.Join(folder, series+".cpu.pprof")), <-failed)
}

// save writes the response of a URL to a file.
func save(ctx context.Context, url, path string) error {
	content, err := fetch(ctx, http.MethodGet, url)
	if err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o600)
}

// fetch returns the response of a URL.
func fetch(ctx context.Context, method, url string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, url, http.NoBody)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }()
	return io.ReadAll(response.Body)
}
