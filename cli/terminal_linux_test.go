package cli_test

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// running is a command that runs, and what it has printed so far.
type runningCommand struct {
	t       *testing.T
	command *exec.Cmd
	screen  *os.File // the side of the terminal where a person is, or nil
	mu      sync.Mutex
	out     strings.Builder
	errOut  strings.Builder
	read    sync.WaitGroup
}

// starts starts a command without a terminal.
func (c *client) starts(arguments ...string) *runningCommand {
	c.t.Helper()
	r := &runningCommand{t: c.t, command: exec.CommandContext(c.t.Context(), binary, arguments...)}
	stdout, _ := r.command.StdoutPipe()
	stderr, _ := r.command.StderrPipe()
	c.start(r)
	r.collect(stdout, &r.out)
	r.collect(stderr, &r.errOut)
	return r
}

// startsOnTerminal starts a command on a terminal of 100 columns and 24 lines.
func (c *client) startsOnTerminal(arguments ...string) *runningCommand {
	c.t.Helper()
	screen, terminal := openTerminal(c.t)
	r := &runningCommand{t: c.t, screen: screen, command: exec.CommandContext(c.t.Context(), binary, arguments...)}
	r.command.Stdin, r.command.Stdout, r.command.Stderr = terminal, terminal, terminal
	r.command.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	c.start(r)
	_ = terminal.Close()
	r.collect(screen, &r.out)
	return r
}

func (c *client) start(r *runningCommand) {
	c.t.Helper()
	r.command.Env = c.environment
	if err := r.command.Start(); err != nil {
		c.t.Fatal(err)
	}
}

func (r *runningCommand) collect(from io.Reader, into *strings.Builder) {
	r.read.Go(func() {
		for part := make([]byte, 4096); ; {
			n, err := from.Read(part)
			r.mu.Lock()
			into.Write(part[:n])
			r.mu.Unlock()
			if err != nil {
				return
			}
		}
	})
}

// prints waits until the command has printed a text.
func (r *runningCommand) prints(want string) {
	r.t.Helper()
	for start := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		r.mu.Lock()
		out, errOut := r.out.String(), r.errOut.String()
		r.mu.Unlock()
		if strings.Contains(out, want) || strings.Contains(errOut, want) {
			return
		}
		if time.Since(start) > time.Minute {
			r.t.Fatalf("%v: no %q in\n%s\n%s", r.command.Args, want, out, errOut)
		}
	}
}

// types writes as a person at the terminal does. \x03 is Ctrl-C.
func (r *runningCommand) types(text string) { _, _ = r.screen.WriteString(text) }

// ends waits for the end of the command. It returns its standard output and its exit status.
func (r *runningCommand) ends() (out string, status int) {
	r.t.Helper()
	r.read.Wait()
	_ = r.command.Wait()
	return r.out.String(), r.command.ProcessState.ExitCode()
}

// openTerminal returns both sides of a new terminal.
func openTerminal(t *testing.T) (screen, terminal *os.File) {
	t.Helper()
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip("no terminals here: ", err)
	}
	t.Cleanup(func() { _ = screen.Close() })
	number, err := unix.IoctlGetInt(int(screen.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetPointerInt(int(screen.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetWinsize(int(screen.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 100}); err != nil {
		t.Fatal(err)
	}
	terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return screen, terminal
}
