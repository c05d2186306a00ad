package cli_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/enlist-dev/enlist/cli"
	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/internal/testkit"
)

// process is a server as users run it, with every vendor at one address.
type process struct {
	command    *exec.Cmd
	folder     string // of its journal
	grpc       *grpc.ClientConn
	rest       string // base URL
	admin      string // base URL
	mu         sync.Mutex
	log        bytes.Buffer // its standard error so far
	logIsWhole chan struct{}
	out        testkit.LogBuffer // its standard output
}

func startProcess(t *testing.T, vendors *httptest.Server, environment ...string) *process {
	t.Helper()
	return startServer(t, t.TempDir(), processConfig(vendors), environment...)
}

// processConfig returns a configuration with every vendor at one address, on free ports.
func processConfig(vendors *httptest.Server) *configv1.Config {
	configuration := cli.EmbeddedConfig(vendors.URL)
	configuration.Grpc.Address, configuration.Http.Address = "127.0.0.1:0", "127.0.0.1:0"
	configuration.Admin = &configv1.Admin{Address: "127.0.0.1:0"}
	configuration.Log = &configv1.Log{Level: configv1.Log_LEVEL_DEBUG}
	configuration.Audit = &configv1.Audit{File: "audit.jsonl"}
	for _, provider := range configuration.GetProviders() {
		provider.Timeout, provider.LookupLag = durationpb.New(2*time.Second), durationpb.New(0)
	}
	return configuration
}

// startServer starts a server in a folder, which has its journal and its audit stream.
func startServer(t *testing.T, folder string, configuration *configv1.Config, environment ...string) *process {
	t.Helper()
	// JSON is also YAML.
	text, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(configuration)
	if err != nil {
		t.Fatal(err)
	}
	p := &process{folder: folder, logIsWhole: make(chan struct{})}
	p.command = exec.Command(binary, "serve", "--config", write(t, string(text)))
	p.command.Dir, p.command.Env, p.command.Stdout = p.folder, append(os.Environ(), environment...), &p.out
	stderr, err := p.command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	type addresses struct{ Msg, Grpc, HTTP, Admin string }
	serving := make(chan addresses, 1)
	go func() {
		defer close(p.logIsWhole)
		lines := bufio.NewReader(stderr)
		for {
			line, err := lines.ReadBytes('\n')
			p.mu.Lock()
			p.log.Write(line)
			p.mu.Unlock()
			var said addresses
			if json.Unmarshal(line, &said) == nil && said.Msg == "serving" {
				serving <- said
			}
			if err != nil {
				return
			}
		}
	}()
	select {
	case at := <-serving:
		p.rest, p.admin = "http://"+at.HTTP, "http://"+at.Admin
		if p.grpc, err = grpc.NewClient(at.Grpc, grpc.WithTransportCredentials(insecure.NewCredentials())); err != nil {
			t.Fatal(err)
		}
	case <-p.logIsWhole:
		t.Fatalf("it does not serve: %s", p.said())
	}
	t.Cleanup(func() {
		_ = p.grpc.Close()
		p.end(syscall.SIGKILL)
	})
	return p
}

// said returns its standard error so far.
func (p *process) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}

// mustSay waits until the process has logged a text, a number of times.
func (p *process) mustSay(t *testing.T, text string, times int) {
	t.Helper()
	testkit.Eventually(t, "it logs "+text, func() bool { return strings.Count(p.said(), text) >= times })
	if count := strings.Count(p.said(), text); count != times {
		t.Errorf("it logs %s %d times, want %d", text, count, times)
	}
}

// end sends a signal, and waits for the process and the end of its output.
func (p *process) end(signal syscall.Signal) {
	_ = p.command.Process.Signal(signal)
	<-p.logIsWhole
	_ = p.command.Wait()
}

// files returns the contents of the files of the journal and of the audit stream.
func (p *process) files(t *testing.T) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(p.folder)
	if err != nil {
		t.Fatal(err)
	}
	contents := map[string]string{}
	for _, entry := range entries {
		content, err := os.ReadFile(filepath.Join(p.folder, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		contents[entry.Name()] = string(content)
	}
	return contents
}
