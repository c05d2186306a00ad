package crashtest_test

import (
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// A process that is killed while it starts, and makes its journal and the journal's key, does not
// prevent the next start.
func TestKilledAtStart(t *testing.T) {
	if *duration > 0 {
		t.Skip("a long run is asked for")
	}
	t.Parallel()
	c := chanceOf(t.Name())
	for range 5 * *rounds {
		folder := t.TempDir()
		file := filepath.Join(folder, "enlist.yaml")
		write(t, file, configure("http://127.0.0.1:1", folder)) // without keys, so that the process makes its own
		for range 10 {
			server := exec.Command(binary, "serve", "--config", file)
			if err := server.Start(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(c.between(time.Millisecond, 100*time.Millisecond))
			_ = server.Process.Kill()
			_ = server.Wait()
		}
		p, err := startProcess(binary, file, "", filepath.Join(folder, "server.log"))
		if err != nil || !p.serving {
			t.Fatalf("the server does not start: %v %s", err, p.how())
		}
		if err := p.stop(); err != nil {
			t.Error(err)
		}
	}
}
