package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// apiKey is the API key of Enlist's callers.
const apiKey = "bench-key"

// subject is a measured server. It is one process, or several processes that share the requests.
type subject struct {
	name string
	// The addresses of each process, and the URLs that serve allocations. A subject that does not
	// serve a transport has no addresses for it.
	grpc, rest, stats []string
	commands          []*exec.Cmd
}

// stage is a folder for a run, and the processes that the run has started in it.
type stage struct {
	folder  string
	self    string // this program
	audited bool   // whether Enlist writes an audit stream
	started []*exec.Cmd
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

// end stops all processes and removes the folder.
func (s *stage) end() {
	for _, command := range s.started {
		_ = command.Process.Kill()
		_ = command.Wait()
	}
	_ = os.RemoveAll(s.folder)
}

// freeAddress returns a loopback address on which no process listens.
func freeAddress(ctx context.Context) (string, error) {
	var ports net.ListenConfig
	listener, err := ports.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

func freeAddresses(ctx context.Context, count int) ([]string, error) {
	all := make([]string, count)
	for i := range all {
		var err error
		if all[i], err = freeAddress(ctx); err != nil {
			return nil, err
		}
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

// startAll starts the vendor and all subjects. With audited, Enlist with an audit stream is one
// more.
func (s *stage) startAll(ctx context.Context, journal string, replicas int, audited bool) ([]*subject, error) {
	vendor, err := s.startVendor(ctx)
	if err != nil {
		return nil, err
	}
	enlist, err := s.startEnlist(ctx, vendor, journal, replicas, "GOMEMLIMIT=460MiB")
	if err != nil {
		return nil, err
	}
	subjects := []*subject{enlist}
	if audited {
		apart := &stage{folder: filepath.Join(s.folder, "audited"), self: s.self, audited: true}
		if err := os.Mkdir(apart.folder, 0o700); err != nil {
			return nil, err
		}
		enlist, err := apart.startEnlist(ctx, vendor, "", 1, "GOMEMLIMIT=460MiB")
		s.started = append(s.started, apart.started...)
		if err != nil {
			return nil, err
		}
		subjects = append(subjects, enlist)
	}
	for _, part := range []string{"bare-grpc", "bare-rest", "stock-gateway"} {
		bare, err := s.startBare(ctx, part, vendor)
		if err != nil {
			return nil, err
		}
		subjects = append(subjects, bare)
	}
	return subjects, nil
}

// startVendor starts the vendor and returns its URL.
func (s *stage) startVendor(ctx context.Context, environment ...string) (string, error) {
	at, err := freeAddress(ctx)
	if err != nil {
		return "", err
	}
	if _, err := s.start(ctx, "vendor.log", environment, s.self, "vendor", at); err != nil {
		return "", err
	}
	return "http://" + at, waitFor(ctx, at)
}

// startBare starts a server written by hand. The part is its name.
func (s *stage) startBare(ctx context.Context, part, vendor string) (*subject, error) {
	at, err := freeAddresses(ctx, 2)
	if err != nil {
		return nil, err
	}
	bare := &subject{name: strings.NewReplacer("-", " ", "grpc", "gRPC", "rest", "REST").Replace(part), stats: []string{"http://" + at[1]}}
	if part == "bare-grpc" {
		bare.grpc = at[:1]
	} else {
		bare.rest = at[:1]
	}
	command, err := s.start(ctx, part+".log", []string{vendorVariable + "=" + vendor, statsVariable + "=" + at[1]}, s.self, part, at[0])
	if err != nil {
		return nil, err
	}
	bare.commands = append(bare.commands, command)
	return bare, waitFor(ctx, at...)
}

// startEnlist builds Enlist and starts it with everything on, as replicas that share one journal.
// An empty journal means SQLite. The environment may limit its memory.
func (s *stage) startEnlist(ctx context.Context, vendor, journal string, replicas int, environment ...string) (*subject, error) {
	binary := filepath.Join(s.folder, "enlist")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", binary, "github.com/enlist-dev/enlist")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, text)
	}
	if journal == "" {
		journal = fmt.Sprintf("{sqlite: {path: %q}}", filepath.Join(s.folder, "enlist.db"))
	}
	enlist, audit := &subject{name: "enlist"}, ""
	if s.audited {
		enlist.name = "audited enlist"
		audit = fmt.Sprintf("audit: {file: %q}", filepath.Join(s.folder, "audit.jsonl"))
	}
	for i := range replicas {
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
		file := filepath.Join(s.folder, fmt.Sprintf("enlist-%d.yaml", i))
		if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
			return nil, err
		}
		command, err := s.start(ctx, fmt.Sprintf("enlist-%d.log", i), environment, binary, "serve", "--config", file)
		if err != nil {
			return nil, err
		}
		enlist.commands = append(enlist.commands, command)
		enlist.grpc, enlist.rest, enlist.stats = append(enlist.grpc, at[0]), append(enlist.rest, at[1]), append(enlist.stats, "http://"+at[2]+"/metrics")
	}
	return enlist, waitFor(ctx, append(enlist.grpc, enlist.rest...)...)
}

// cpu returns the processes' CPU time, in user and kernel mode.
func (s *subject) cpu() (time.Duration, error) {
	var ticks int64
	for _, command := range s.commands {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", command.Process.Pid))
		if err != nil {
			return 0, err
		}
		_, rest, _ := strings.Cut(string(text), ") ") // the process name before may hold any text
		fields := strings.Fields(rest)
		user, errUser := strconv.ParseInt(fields[11], 10, 64)
		kernel, errKernel := strconv.ParseInt(fields[12], 10, 64)
		if err := errors.Join(errUser, errKernel); err != nil {
			return 0, err
		}
		ticks += user + kernel
	}
	const tick = 10 * time.Millisecond // USER_HZ is 100 on Linux
	return time.Duration(ticks) * tick, nil
}

// allocated returns what the processes have allocated since their start.
func (s *subject) allocated(ctx context.Context) (made allocations, err error) {
	for _, url := range s.stats {
		one, err := allocatedBy(ctx, url)
		if err != nil {
			return made, err
		}
		made.Objects, made.Bytes = made.Objects+one.Objects, made.Bytes+one.Bytes
	}
	return made, nil
}

func allocatedBy(ctx context.Context, url string) (made allocations, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return made, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return made, err
	}
	defer func() { _ = response.Body.Close() }()
	if !strings.HasSuffix(url, "/metrics") {
		return made, json.NewDecoder(response.Body).Decode(&made)
	}
	return readMetrics(response.Body)
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
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	return os.WriteFile(path, content, 0o600)
}

func readMetrics(text io.Reader) (made allocations, err error) {
	lines := bufio.NewScanner(text)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), " ")
		switch name {
		case "go_memstats_mallocs_total":
			made.Objects, err = strconv.ParseFloat(value, 64)
		case "go_memstats_alloc_bytes_total":
			made.Bytes, err = strconv.ParseFloat(value, 64)
		}
	}
	return made, errors.Join(err, lines.Err())
}
