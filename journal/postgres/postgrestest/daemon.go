package postgrestest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// daemon is a program with a folder of its own. Whatever works in that folder belongs to it: a
// server outlives the program that started it.
type daemon struct {
	name, folder string
	credential   *syscall.Credential
	program      string
	arguments    []string
}

// start starts the program. Its output goes to the file log.
func (d *daemon) start() error {
	log, err := os.OpenFile(filepath.Join(d.folder, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	command := exec.Command(d.program, d.arguments...)
	command.Dir, command.Stdout, command.Stderr = d.folder, log, log
	command.SysProcAttr = &syscall.SysProcAttr{Credential: d.credential, Setpgid: true}
	if err := command.Start(); err != nil {
		return err
	}
	go func() { _ = command.Wait() }()
	return nil
}

// signal sends a signal to every process of the daemon, also to those that start meanwhile. After
// SIGKILL none is left.
func (d *daemon) signal(signal syscall.Signal) {
	for reached := map[int]bool{}; ; {
		found := false
		for _, pid := range d.processes() {
			if !reached[pid] || signal == syscall.SIGKILL {
				_ = syscall.Kill(pid, signal)
				reached[pid], found = true, true
			}
		}
		if !found {
			return
		}
	}
}

// processes returns the processes that work in the daemon's folder.
func (d *daemon) processes() (pids []int) {
	links, _ := filepath.Glob("/proc/[0-9]*/cwd")
	for _, link := range links {
		at, err := os.Readlink(link)
		if err != nil || at != d.folder && !strings.HasPrefix(at, d.folder+"/") {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(link))); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// killAll is the script of a guard that kills whatever works in a folder, and removes the folder.
const killAll = `read -r _
while
  found=
  for process in /proc/[0-9]*; do
    case "$(readlink "$process/cwd")" in "$1"/*) kill -9 "${process#/proc/}" && found=1 ;; esac
  done
  [ -n "$found" ]
do :; done 2>/dev/null
rm -rf "$1"`

// steadyPorts returns free ports that the system does not give to clients. So a server finds its
// port free when it starts again.
func steadyPorts(count int) (ports []int, err error) {
	for range 100 * count {
		port := 12000 + rand.IntN(18000)
		listener, err := net.Listen("tcp", address(port))
		if err != nil {
			continue
		}
		defer listener.Close() // when all are found, so that they differ
		if ports = append(ports, port); len(ports) == count {
			return ports, nil
		}
	}
	return nil, errors.New("found no free ports between 12000 and 30000")
}

func address(port int) string { return fmt.Sprintf("127.0.0.1:%d", port) }
