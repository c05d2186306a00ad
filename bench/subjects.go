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

// apiKey is what Enlist's callers bring.
const apiKey = "bench-key"

// subject is a server that is measured, in a process of its own.
type subject struct {
	name       string
	grpc, rest string // addresses; "" for none
	stats      string // URL that tells allocations
	command    *exec.Cmd
}

// stage is a folder for a run, and the processes that were started in it.
type stage struct {
	folder  string
	started []*exec.Cmd
}

// start starts a program. What it says goes to a file in the folder.
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

// end ends all processes and removes the folder.
func (s *stage) end() {
	for _, command := range s.started {
		_ = command.Process.Kill()
		_ = command.Wait()
	}
	_ = os.RemoveAll(s.folder)
}

// freeAddress returns a loopback address that nobody listens on.
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

// waitFor returns when somebody accepts connections at the addresses.
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

// startAll starts the vendor and all subjects.
func (s *stage) startAll(ctx context.Context) ([]*subject, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	at, err := freeAddresses(ctx, 10)
	if err != nil {
		return nil, err
	}
	if _, err := s.start(ctx, "vendor.log", nil, self, "vendor", at[0]); err != nil {
		return nil, err
	}
	enlist, err := s.startEnlist(ctx, []string{"GOMEMLIMIT=460MiB"}, "http://"+at[0], at[1], at[2], at[3])
	if err != nil {
		return nil, err
	}
	subjects := []*subject{
		enlist,
		{name: "bare gRPC", grpc: at[4], stats: at[5]},
		{name: "bare REST", rest: at[6], stats: at[7]},
		{name: "stock gateway", rest: at[8], stats: at[9]},
	}
	for i, part := range []string{"bare-grpc", "bare-rest", "stock-gateway"} {
		of := subjects[i+1]
		environment := []string{vendorVariable + "=http://" + at[0], statsVariable + "=" + of.stats}
		of.command, err = s.start(ctx, part+".log", environment, self, part, of.grpc+of.rest)
		if err != nil {
			return nil, err
		}
		of.stats = "http://" + of.stats
	}
	return subjects, waitFor(ctx, append(at[:3:3], at[4], at[6], at[8])...)
}

// startEnlist builds Enlist and starts it with everything on. The environment may limit its memory.
func (s *stage) startEnlist(ctx context.Context, environment []string, vendor, grpcAddress, httpAddress, adminAddress string) (*subject, error) {
	binary := filepath.Join(s.folder, "enlist")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", binary, "github.com/enlist-dev/enlist")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, text)
	}
	config := fmt.Sprintf(`
grpc: {address: %q}
http: {address: %q}
admin: {address: %q}
journal: {sqlite: {path: %q}}
auth: {api_keys: [{name: bench, sha256: "%x"}]}
providers:
  - name: opencell
    max_in_flight: 10000
    opencell: {base_url: %q, username: bench, password: bench, seller_code: MAIN_SELLER, customer_category: CLIENT, currency_code: EUR,
      language_code: en, defaults: {billing_cycle: BC_MONTHLY_1ST}}
`, grpcAddress, httpAddress, adminAddress, filepath.Join(s.folder, "enlist.db"), sha256.Sum256([]byte(apiKey)), vendor)
	file := filepath.Join(s.folder, "enlist.yaml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		return nil, err
	}
	command, err := s.start(ctx, "enlist.log", environment, binary, "serve", "--config", file)
	return &subject{name: "enlist", grpc: grpcAddress, rest: httpAddress, stats: "http://" + adminAddress + "/metrics", command: command}, err
}

// cpu returns how long the process has worked, in user and kernel mode.
func (s *subject) cpu() (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.command.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(text), ") ") // the name before may hold anything
	fields := strings.Fields(rest)
	user, errUser := strconv.ParseInt(fields[11], 10, 64)
	kernel, errKernel := strconv.ParseInt(fields[12], 10, 64)
	const tick = 10 * time.Millisecond // USER_HZ is 100 on Linux
	return time.Duration(user+kernel) * tick, errors.Join(errUser, errKernel)
}

// allocated returns what the process has allocated since its start.
func (s *subject) allocated(ctx context.Context) (made allocations, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.stats, http.NoBody)
	if err != nil {
		return made, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return made, err
	}
	defer func() { _ = response.Body.Close() }()
	if !strings.HasSuffix(s.stats, "/metrics") {
		return made, json.NewDecoder(response.Body).Decode(&made)
	}
	return readMetrics(response.Body)
}

// profile writes what the process does in the next seconds to a folder, where the process tells: a CPU profile and one of allocations.
func (s *subject) profile(ctx context.Context, folder, series string, seconds float64) error {
	admin, has := strings.CutSuffix(s.stats, "/metrics")
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

// save writes what a URL answers to a file.
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
