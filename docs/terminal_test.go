package docs

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// build builds the binary.
func build(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "enlist")
	if printed, err := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "..").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, printed)
	}
	return binary
}

// block is a fenced block of a page.
type block struct {
	section  string // the heading above it
	language string
	// These come from the info string. file is where to write the block. serves is the address
	// that its last command serves until the end of the test.
	file, serves string
	lines        []string
}

// blocks returns the fenced blocks of a page.
func blocks(t *testing.T, page string) []*block {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var all []*block
	var inside *block
	section := ""
	for _, line := range strings.Split(string(text), "\n") {
		info, fence := strings.CutPrefix(line, "```")
		switch {
		case fence && inside != nil:
			all, inside = append(all, inside), nil
		case fence:
			inside = &block{section: section}
			for i, word := range strings.Fields(info) {
				name, value, _ := strings.Cut(word, "=")
				switch {
				case i == 0:
					inside.language = word
				case name == "file":
					inside.file = value
				case name == "serves":
					inside.serves = value
				default:
					t.Fatalf("%s: what is %s?", page, word)
				}
			}
		case inside != nil:
			inside.lines = append(inside.lines, line)
		case strings.HasPrefix(line, "#"):
			section = strings.TrimSpace(strings.TrimLeft(line, "#"))
		}
	}
	return all
}

// command is a command of a console block, with its expected output from the page.
type command struct{ text, prints string }

// commands returns the commands of a console block. A command begins with "$ ", and continues
// after a backslash.
func (b *block) commands() []command {
	var all []command
	goesOn := false
	for _, line := range b.lines {
		text, begins := strings.CutPrefix(line, "$ ")
		switch {
		case begins:
			all = append(all, command{text: text})
		case goesOn:
			all[len(all)-1].text += "\n" + line
		case len(all) > 0:
			all[len(all)-1].prints += line + "\n"
		}
		goesOn = strings.HasSuffix(line, `\`) && (begins || goesOn)
	}
	return all
}

// terminal runs blocks in sequence, as a reader would.
type terminal struct {
	directory   string
	environment string            // a file with `export` commands
	addresses   map[string]string // the real addresses of those on the page
}

// documented returns the addresses on the pages. Tests replace them, since tests run in parallel.
func documented() []string { return []string{"127.0.0.1:9090", "127.0.0.1:8080", "127.0.0.1:8090"} }

// options returns the options that a page need not mention, since these addresses are the
// defaults.
func options() map[string][]string {
	return map[string][]string{
		"go run . demo":  {"--grpc-address", "127.0.0.1:9090", "--http-address", "127.0.0.1:8080", "--sandbox-address", "127.0.0.1:8090"},
		"enlist demo":    {"--grpc-address", "127.0.0.1:9090", "--http-address", "127.0.0.1:8080", "--sandbox-address", "127.0.0.1:8090"},
		"enlist sandbox": {"--address", "127.0.0.1:8090"},
	}
}

func newTerminal(t *testing.T) *terminal {
	t.Helper()
	made := &terminal{directory: t.TempDir(), addresses: map[string]string{}}
	made.environment = filepath.Join(t.TempDir(), "environment")
	for _, address := range documented() {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		made.addresses[address] = listener.Addr().String()
		listener.Close()
	}
	// The defaults of `enlist customers` and similar commands.
	defaults := fmt.Sprintf("export ENLIST_SERVER=%s ENLIST_STATE=%s\n", made.addresses["127.0.0.1:9090"], t.TempDir())
	if err := os.WriteFile(made.environment, []byte(defaults), 0o600); err != nil {
		t.Fatal(err)
	}
	return made
}

// install builds the binary and puts it on the PATH.
func (w *terminal) install(t *testing.T) {
	t.Helper()
	environment, err := os.OpenFile(w.environment, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = environment.Close() }()
	fmt.Fprintf(environment, "export PATH=%q:\"$PATH\"\n", filepath.Dir(build(t)))
}

// another opens a second terminal in the same place.
func (w *terminal) another(t *testing.T) *terminal {
	t.Helper()
	text, err := os.ReadFile(w.environment)
	if err != nil {
		t.Fatal(err)
	}
	second := *w
	second.environment = filepath.Join(t.TempDir(), "environment")
	if err := os.WriteFile(second.environment, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return &second
}

func (w *terminal) real(text string) string {
	for shown, real := range w.addresses {
		text = strings.ReplaceAll(text, shown, real)
		text = strings.ReplaceAll(text, strings.Replace(shown, "127.0.0.1", "localhost", 1), real)
	}
	return text
}

func (w *terminal) shown(text string) string {
	for shown, real := range w.addresses {
		text = strings.ReplaceAll(text, real, shown)
	}
	return text
}

// do follows a block. It writes the block to its file, or runs its commands.
func (w *terminal) do(t *testing.T, b *block) {
	t.Helper()
	switch {
	case b.file != "":
		path := filepath.Join(w.directory, b.file)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(w.real(strings.Join(b.lines, "\n")+"\n")), 0o644); err != nil {
			t.Fatal(err)
		}
	case b.language == "console":
		all := b.commands()
		for i, c := range all {
			if b.serves != "" && i == len(all)-1 {
				w.serve(t, c, b.serves)
			} else {
				w.run(t, c)
			}
		}
	}
}

// script returns the script for a command. The script begins where the previous one ended.
func (w *terminal) script(text, after string) string {
	for prefix, words := range options() {
		if text == prefix || strings.HasPrefix(text, prefix+" ") {
			text += " " + strings.Join(words, " ")
		}
	}
	return fmt.Sprintf("set -e -o pipefail; cd %q; . %q\n%s\n%s", w.directory, w.environment, w.real(text), after)
}

// run runs a command. The command must succeed and print the page's text.
func (w *terminal) run(t *testing.T, c command) {
	t.Helper()
	where := filepath.Join(t.TempDir(), "where")
	script := w.script(c.text, fmt.Sprintf("export -p > %q; pwd > %q", w.environment, where))
	printed, err := shell(t, script).CombinedOutput()
	if err != nil {
		t.Fatalf("$ %s\n%v: %s", c.text, err, printed)
	}
	if got := w.shown(string(printed)); c.prints != "" && !matches(c.prints, got) {
		t.Fatalf("$ %s\nprints\n%s\nand the page says\n%s", c.text, got, c.prints)
	}
	there, err := os.ReadFile(where)
	if err != nil {
		t.Fatal(err)
	}
	w.directory = strings.TrimSpace(string(there))
	if strings.HasPrefix(c.text, "enlist init") {
		w.moveAddresses(t, "enlist.yaml")
	}
}

// moveAddresses replaces the page's addresses in a file that a command wrote.
func (w *terminal) moveAddresses(t *testing.T, name string) {
	t.Helper()
	file := filepath.Join(w.directory, name)
	text, err := os.ReadFile(file)
	if err == nil {
		err = os.WriteFile(file, []byte(w.real(string(text))), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func shell(t *testing.T, script string) *exec.Cmd {
	t.Helper()
	bash := exec.CommandContext(t.Context(), "bash", "-c", script)
	tools, err := filepath.Abs("../.tools/bin")
	if err != nil {
		t.Fatal(err)
	}
	bash.Env = append(os.Environ(), "PATH="+tools+":"+os.Getenv("PATH"))
	return bash
}

// serve runs a command in the background. It returns when the command serves at an address and
// prints so. The demo prints it after it has created its customers.
func (w *terminal) serve(t *testing.T, c command, address string) {
	t.Helper()
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	server := shell(t, w.script(c.text, ""))
	server.Cancel = func() error { return nil } // the end of the test signals the group below
	server.Stdout, server.Stderr = log, log
	server.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Wait() }()
	said := func() []byte {
		text, _ := os.ReadFile(log.Name())
		return text
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-server.Process.Pid, syscall.SIGTERM)
		<-ended
		if t.Failed() {
			t.Logf("$ %s\n%s", c.text, said())
		}
		log.Close()
	})
	for deadline := time.Now().Add(3 * time.Minute); ; {
		connection, err := net.Dial("tcp", w.real(address))
		if err == nil {
			connection.Close()
			if strings.Contains(string(said()), w.real(address)) {
				return
			}
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("$ %s\nended with %v: %s", c.text, err, said())
		case <-time.After(50 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			t.Fatalf("$ %s\ndoes not serve on %s", c.text, address)
		}
	}
}

var (
	uuids  = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	spaces = regexp.MustCompile(`\s+`)
)

// matches compares the page's text with the output, without spaces. In the page, … matches any
// text, and a UUID matches any UUID.
func matches(page, printed string) bool {
	var pattern strings.Builder
	for i, part := range strings.Split(spaces.ReplaceAllString(page, ""), "…") {
		if i > 0 {
			pattern.WriteString(`.*?`)
		}
		for j, text := range uuids.Split(part, -1) {
			if j > 0 {
				pattern.WriteString(uuids.String())
			}
			pattern.WriteString(regexp.QuoteMeta(text))
		}
	}
	return regexp.MustCompile(`^` + pattern.String() + `$`).MatchString(spaces.ReplaceAllString(printed, ""))
}

// repository makes a git repository from the working tree. git then clones it instead of the
// public repository.
func repository(t *testing.T) {
	t.Helper()
	copied := t.TempDir()
	script := fmt.Sprintf(`set -e -o pipefail; cd ..
git ls-files -z --cached --others --exclude-standard | xargs -0 -n 500 sh -c 'for f; do [ ! -e "$f" ] || printf "%%s\0" "$f"; done' _ | tar --null -T - -cf - | tar -xf - -C %[1]q
cd %[1]q; git init -q; git add -A; git -c user.name=test -c user.email=test@example.com commit -q -m test`, copied)
	if printed, err := shell(t, script).CombinedOutput(); err != nil {
		require(t, err, "the clone needs git and a checkout of Enlist: "+string(printed))
	}
	t.Setenv("GIT_CONFIG_COUNT", "1")
	t.Setenv("GIT_CONFIG_KEY_0", "url."+copied+".insteadOf")
	t.Setenv("GIT_CONFIG_VALUE_0", "https://github.com/enlist-dev/enlist")
}

// require skips a test that lacks something. In CI it fails the test instead.
func require(t *testing.T, err error, what string) {
	t.Helper()
	switch {
	case err == nil:
	case os.Getenv("CI") != "":
		t.Fatalf("%s (%v)", what, err)
	default:
		t.Skipf("not run here: %s (%v)", what, err)
	}
}
