package docs

import (
	"maps"
	"os/exec"
	"slices"
	"testing"

	"github.com/enlist-dev/enlist/sandbox/sandboxtest"
)

// client is a section of quickstart.md with the creation of a customer.
type client struct {
	customer string   // its id
	needs    []string // commands that succeed if the section has all that it needs
	missing  string   // what to say otherwise
}

func clients() map[string]client {
	return map[string]client{
		"Go":      {"GO-1", []string{"go", "version"}, "Go"},
		"Python":  {"PYTHON-1", []string{"python3", "-c", "import ensurepip, venv, sys; sys.exit(sys.version_info < (3, 10))"}, "Python 3.10 or later with venv"},
		"Node":    {"NODE-1", []string{"bash", "-c", "node --version && npm --version"}, "Node and npm"},
		"Java":    {"JAVA-1", []string{"bash", "-c", "mvn --version && javac --release 17 -version"}, "Maven and a JDK of 17 or later"},
		"curl":    {"CURL-1", []string{"curl", "--version"}, "curl"},
		"grpcurl": {"GRPCURL-1", []string{"bash", "-c", "PATH=../.tools/bin:$PATH grpcurl -version"}, "grpcurl: make tools"},
	}
}

// Every command and every program of quickstart.md works as printed, in a fresh folder outside the
// repository.
func TestQuickstart(t *testing.T) {
	require(t, exec.CommandContext(t.Context(), "curl", "--version").Run(), "it needs curl")
	repository(t)
	window, sections := newTerminal(t), clients()
	want := []string{"CLI-1"} // from the command line, before the sections
	for page := blocks(t, "quickstart.md"); len(page) > 0; {
		section := page[0].section
		length := slices.IndexFunc(page, func(b *block) bool { return b.section != section })
		if length < 0 {
			length = len(page)
		}
		part := page[:length]
		page = page[length:]
		c, isClient := sections[section]
		delete(sections, section)
		if !isClient {
			for _, b := range part {
				window.do(t, b)
			}
			continue
		}
		t.Run(section, func(t *testing.T) {
			require(t, exec.CommandContext(t.Context(), c.needs[0], c.needs[1:]...).Run(), "it needs "+c.missing)
			second := window.another(t)
			for _, b := range part {
				second.do(t, b)
			}
			want = append(want, c.customer)
		})
	}
	if len(sections) > 0 {
		t.Errorf("quickstart.md has no section %v", slices.Collect(maps.Keys(sections)))
	}
	if created := sandboxtest.Created(t, window.real("http://127.0.0.1:8090"), "opencell"); !slices.Equal(slices.Sorted(maps.Keys(created)), slices.Sorted(slices.Values(want))) {
		t.Errorf("the vendor has %v, and should have %v", created, want)
	} else {
		for customer, times := range created {
			if times != 1 {
				t.Errorf("%s was created %d times", customer, times)
			}
		}
	}
}
