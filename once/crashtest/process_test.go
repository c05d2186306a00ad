package crashtest_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// process is one process of the server.
type process struct {
	command    *exec.Cmd
	connection *grpc.ClientConn
	customers  enlistv1.CustomerServiceClient
	operations enlistv1.OperationServiceClient
	rest       string        // base URL
	admin      string        // address; empty for none
	died       chan struct{} // closed when the process has died
	serving    bool
	asked      atomic.Bool // to stop
}

// startProcess starts a server of a program. It dies as planned ("": never). startProcess returns
// when the server is ready or has died.
func startProcess(program, config, plan, logFile string) (*process, error) {
	log, err := os.OpenFile(logFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	p := &process{command: exec.Command(program, "serve", "--config", config), died: make(chan struct{})}
	p.command.Env = append(os.Environ(), "ENLIST_CRASH="+plan, "ENLIST_STATE="+filepath.Join(filepath.Dir(config), "state"))
	stderr, err := p.command.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	addresses := make(chan [3]string, 1)
	go func() {
		defer close(p.died)
		lines := bufio.NewScanner(stderr)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			_, _ = log.Write(append(lines.Bytes(), '\n'))
			line := struct{ Msg, Grpc, HTTP, Admin string }{}
			if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "serving" {
				addresses <- [3]string{line.Grpc, line.HTTP, line.Admin}
			}
		}
		_ = p.command.Wait()
		_ = log.Close()
	}()
	select {
	case at := <-addresses:
		p.connection, err = grpc.NewClient(at[0], grpc.WithTransportCredentials(insecure.NewCredentials()))
		p.customers, p.operations = enlistv1.NewCustomerServiceClient(p.connection), enlistv1.NewOperationServiceClient(p.connection)
		p.rest, p.admin, p.serving = "http://"+at[1], at[2], true
	case <-p.died:
	}
	return p, err
}

// kill ends the process like a power cut.
func (p *process) kill() { _ = p.command.Process.Signal(syscall.SIGKILL) }

// stop asks the process to end, and waits for it. Exit status 1 is permitted: the process has cut
// attempts off.
func (p *process) stop() error {
	p.asked.Store(true)
	_ = p.command.Process.Signal(syscall.SIGTERM)
	<-p.died
	if code := p.command.ProcessState.ExitCode(); code != 0 && code != 1 {
		return errors.New("after SIGTERM: " + p.how())
	}
	return nil
}

// halt stops the process for a while, like a machine that sleeps or swaps.
func (p *process) halt(pause time.Duration) {
	_ = p.command.Process.Signal(syscall.SIGSTOP)
	time.Sleep(pause)
	_ = p.command.Process.Signal(syscall.SIGCONT)
}

// wasKilled reports whether SIGKILL ended the process.
func (p *process) wasKilled() bool {
	status, ok := p.command.ProcessState.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}

func (p *process) how() string {
	if p.command.ProcessState == nil {
		return "unknown"
	}
	return p.command.ProcessState.String()
}
