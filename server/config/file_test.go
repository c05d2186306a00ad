package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/enlist-dev/enlist/server/config"
)

const caliq = `{name: %, caliq: {base_url: "http://x", api_key: "file:KEY"}}`

// A file is another one if its content, or that of a file which it names, is another.
func TestFile(t *testing.T) {
	folder := t.TempDir()
	key, name := filepath.Join(folder, "key"), filepath.Join(folder, "enlist.yaml")
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	with := func(names ...string) string {
		text := "providers:\n"
		for _, name := range names {
			text += "  - " + strings.NewReplacer("%", name, "KEY", key).Replace(caliq) + "\n"
		}
		return text
	}
	write(key, "one")
	write(name, with("a"))
	file := config.NewFile(name)
	running, err := file.Load()
	if err != nil {
		t.Fatal(err)
	}
	if file.Look() != file.Seen() {
		t.Error("an unchanged file is another one")
	}
	write(key, "two")
	if file.Look() == file.Seen() {
		t.Error("the change of a secret is not seen")
	}
	next, err := file.Reload(running)
	if err != nil || next.GetProviders()[0].GetCaliq().GetApiKey() != "two" {
		t.Errorf("after it: %v", err)
	}
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	missing := file.Look()
	if missing == file.Seen() || missing != file.Look() {
		t.Error("a missing secret is not seen")
	}
	write(key, "one")
	write(name, with("a", "b", "c"))
	if next, err = file.Reload(running); err != nil || !proto.Equal(running.GetProviders()[0], next.GetProviders()[0]) {
		t.Errorf("another provider changes the first: %v", err)
	}
	write(name, "# a comment\n"+with("a")+"http:\n  address: 127.0.0.1:1\nshutdown: {delay: 1s}\njournal: {retention: 5000h, gap_lasts: 5h}\n")
	_, err = file.Reload(running)
	var invalid *config.Invalid
	if !errors.As(err, &invalid) || !invalid.Reloads || len(invalid.Problems) != 2 ||
		invalid.Problems[0].Path != "http.address" || invalid.Problems[0].Line != 5 || invalid.Problems[1].Path != "journal.gap_lasts" {
		t.Errorf("of changes that need a restart: %v", err)
	}
}

// The page about settings lists those that a reload replaces.
func TestReloadableAreDocumented(t *testing.T) {
	text, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(text), "A reload replaces ")
	list, _, _ = strings.Cut(list, ". A change")
	var named []string
	for i, part := range strings.Split(list, "`") {
		if i%2 == 1 {
			named = append(named, part)
		}
	}
	slices.Sort(named)
	if !slices.Equal(named, config.Reloadable()) {
		t.Errorf("docs/configuration.md names %q, want %q", named, config.Reloadable())
	}
}

// The presence of a section is a change, too, if the section alone switches something on.
func TestReloadOfEmptyAudit(t *testing.T) {
	const rest = "providers: [{name: a, caliq: {base_url: \"https://a.example\", api_key: k}}]\n"
	name := filepath.Join(t.TempDir(), "enlist.yaml")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for before, now := range map[string]string{"": "audit: {}\n", "audit: {}\n": "", "audit: {file: a}\n": "audit: {}\n"} {
		write(before + rest)
		file := config.NewFile(name)
		running, err := file.Load()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := file.Reload(running); err != nil {
			t.Errorf("of no change: %v", err)
		}
		write(now + rest)
		if _, err := file.Reload(running); err == nil || !strings.Contains(err.Error(), "audit") {
			t.Errorf("from %q to %q: %v", before, now, err)
		}
	}
}
