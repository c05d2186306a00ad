package deploy_test

import (
	"path/filepath"
	"strings"
	"testing"
)

// systemd knows each line of the unit and rates its protection as good.
func TestSystemd(t *testing.T) {
	analyze := tool(t, "systemd-analyze")
	unit := mustReplace(t, read(t, "systemd/enlist.service"), "/usr/local/bin/enlist", binary)
	file := write(t, filepath.Join(t.TempDir(), "enlist.service"), unit)
	if out := run(t, analyze, "verify", "--man=no", file); strings.Contains(out, "enlist.service") {
		t.Error(out)
	}
	run(t, analyze, "security", "--offline=yes", "--threshold=20", "--no-pager", file) // of 100; this unit scores 12
	write(t, file, unit+"\n[Service]\nProtectSytem=strict\n")
	if out := run(t, analyze, "verify", "--man=no", file); !strings.Contains(out, "ProtectSytem") {
		t.Errorf("a misspelt line is taken: %s", out)
	}
}
