package cli_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/internal/testkit"
)

// Without a terminal, a watch prints a line for each change, also for an operation that leaves the
// list. It goes on while the server restarts, and an interrupt ends it with status 0.
func TestWatch(t *testing.T) {
	var configuration *configv1.Config
	c := newClient(t, func(changed *configv1.Config) {
		changed.Grpc.Address = testkit.FreeAddress(t)
		configuration = changed
	})
	id := c.lost()
	lines, messages := c.starts("operations", "list", "--watch", "--state", "unknown"), c.starts("operations", "list", "-w", "-o", "json")
	lines.prints(id)
	messages.prints(id)
	c.server.end(syscall.SIGTERM)
	lines.prints("The watch goes on")
	messages.prints("The watch goes on")
	c.server = startServer(t, c.server.folder, configuration)
	c.withdrawFaults()
	lines.prints("succeeded")
	messages.prints("SUCCEEDED")
	for _, watch := range []*runningCommand{lines, messages} {
		_ = watch.command.Process.Signal(syscall.SIGINT)
	}
	out, status := lines.ends()
	if status != 0 || !regexp.MustCompile(`^\d\d:\d\d:\d\d  unknown       avvio  -  `+id+`  -  \S.*\n(?s:.*)\d\d:\d\d:\d\d  succeeded     avvio  \d+  `+id+`  -  $`).MatchString(strings.TrimSuffix(out, "\n")) {
		t.Errorf("status %d\n%s", status, out)
	}
	out, status = messages.ends()
	for line := range strings.Lines(out) {
		var operation struct{ RequestID string }
		if err := json.Unmarshal([]byte(line), &operation); err != nil || operation.RequestID != id {
			t.Errorf("%v: %s", err, line)
		}
	}
	if status != 0 {
		t.Errorf("status %d", status)
	}
	c.fails(80, "--state must be", "", "operations", "list", "--watch", "--state", "lost")
	c.fails(1, "PROVIDER_NOT_CONFIGURED", "", "operations", "list", "--watch", "-p", "nobody")
}

// On a terminal, a watch draws the table again, each row on one line. Ctrl-C ends it with status 0.
func TestWatchOnTerminal(t *testing.T) {
	c := newClient(t)
	id := c.lost()
	watch := c.startsOnTerminal("operations", "list", "--watch")
	watch.prints("unknown")
	c.withdrawFaults()
	watch.prints("succeeded")
	watch.prints("1 of 1 operations")
	watch.types("\x03")
	out, status := watch.ends()
	screens := strings.Split(out, "\x1b[H\x1b[2J")
	if status != 0 || len(screens) < 3 || !strings.Contains(screens[1], id) {
		t.Fatalf("status %d\n%s", status, out)
	}
	for _, screen := range screens[1:] {
		table, next, _ := strings.Cut(screen, "Next:")
		for line := range strings.Lines(table) {
			if utf8.RuneCountInString(strings.TrimRight(line, "\r\n")) > 100 {
				t.Errorf("a long line: %s", line)
			}
		}
		if !strings.Contains(next, "enlist operations get "+id+" -p avvio") {
			t.Errorf("the command is cut: %s", next)
		}
	}
}

// On a terminal, resolve shows how the customer differs, and records nothing without a yes.
func TestResolveAsks(t *testing.T) {
	c := newClient(t)
	c.environment = append(c.environment, "USER=jo")
	id := c.lookalikes()
	shown := c.succeeds("", "operations", "get", id)
	right := regexp.MustCompile(`(?m)^customer\.id +(\d+) +\d+$`).FindStringSubmatch(shown)[1]
	for _, test := range []struct {
		answer, state string
		status        int
	}{{"\n", "needs-person", 1}, {"no\n", "needs-person", 1}, {"y\n", "needs-person", 1}, {"yes\n", "succeeded", 0}} {
		asked := c.startsOnTerminal("operations", "resolve", id, "--succeeded", right)
		asked.prints("Record that the customer is " + right + ", decided by jo? Type yes:")
		asked.types(test.answer)
		out, status := asked.ends()
		if status != test.status || !strings.Contains(out, "customer.billing_address.city") {
			t.Errorf("%q: status %d\n%s", test.answer, status, out)
		}
		if shown := c.succeeds("", "operations", "get", id, "--no-candidates"); !strings.Contains(shown, test.state) {
			t.Errorf("%q leaves\n%s", test.answer, shown)
		}
	}
	sure := c.startsOnTerminal("operations", "resolve", id, "--succeeded", right, "--yes")
	if out, status := sure.ends(); status != 0 || strings.Contains(out, "Type yes") {
		t.Errorf("status %d\n%s", status, out)
	}
}
