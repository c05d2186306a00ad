package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Mode is how a server stops.
type Mode string

// The modes of pg_ctl.
const (
	// Smart waits until all clients have disconnected.
	Smart Mode = "smart"
	// Fast closes their connections and rolls back what they have not committed.
	Fast Mode = "fast"
	// Immediate is a crash. The server writes nothing more, and the next start recovers.
	Immediate Mode = "immediate"
)

// Cluster is a running PostgreSQL server with a folder of its own. It trusts every connection from
// loopback.
type Cluster struct {
	folder, binaries string
	port             int
	credential       *syscall.Credential
	databases        atomic.Int32
	stop             func()
}

// patience limits one command of PostgreSQL on a busy machine.
const patience = 2 * time.Minute

// Open creates a cluster and starts its server, for a program that is not a test. Stop stops it.
// The lines of postgresql.conf in settings replace those of the package.
func Open(settings ...string) (*Cluster, error) {
	c, err := prepare()
	if err != nil {
		return nil, err
	}
	if err = c.initialize(); err == nil {
		err = c.configure(strings.Join(settings, "\n"))
	}
	if err == nil {
		err = c.startOnFreePort()
	}
	if err != nil {
		c.Stop()
		return nil, err
	}
	return c, nil
}

// prepare creates a cluster's folder and its guard.
func prepare() (*Cluster, error) {
	folder, err := binaries()
	if err != nil {
		return nil, err
	}
	c := &Cluster{binaries: folder}
	if c.credential, err = unprivileged(); err != nil {
		return nil, err
	}
	if c.folder, err = temporary("enlist-postgres-", c.credential); err != nil {
		return nil, err
	}
	if err = c.guard(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(c.folder))
	}
	return c, nil
}

// temporary creates a folder of a user. It does not use $TMPDIR. The path of a socket must be
// short, and another user must have access to it.
func temporary(pattern string, credential *syscall.Credential) (string, error) {
	folder, err := os.MkdirTemp("/tmp", pattern)
	if err == nil && credential != nil {
		err = os.Chown(folder, int(credential.Uid), int(credential.Gid))
	}
	return folder, err
}

// unprivileged returns the user that runs PostgreSQL, because PostgreSQL refuses to run as root.
// nil means this process's own user.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		account, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(account.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(account.Gid, 10, 32)
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("PostgreSQL does not run as root. Add a user postgres or nobody")
}

// guard starts the shell that cleans up, either at Stop or after this process ends for any reason.
func (c *Cluster) guard() error {
	// The script repeats the cleanup. A killed test may leave a running initdb or a starting
	// server.
	const script = `read -r _; for _ in 1 2 3 4 5; do "$1" stop -D "$2/data" -m immediate -w -s; rm -rf "$2" && break; sleep 1; done`
	var err error
	c.stop, err = guard(c.credential, script, filepath.Join(c.binaries, "pg_ctl"), c.folder)
	return err
}

// guard starts a shell with a script that reads its input until stop, or until this process ends.
func guard(credential *syscall.Credential, script string, arguments ...string) (stop func(), err error) {
	command := exec.Command("/bin/sh", append([]string{"-c", script, "sh"}, arguments...)...)
	// The shell has its own process group, so that an interrupt from the keyboard reaches only the
	// tests.
	command.SysProcAttr = &syscall.SysProcAttr{Credential: credential, Setpgid: true}
	command.Dir = "/"
	pipe, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	return sync.OnceFunc(func() {
		pipe.Close()
		_ = command.Wait()
	}), nil
}

// Stop stops the server at once and removes its folder.
func (c *Cluster) Stop() { c.stop() }

func (c *Cluster) initialize() error {
	// The empty cluster need not survive a power failure. PostgreSQL syncs what tests write into
	// it.
	err := c.run("initdb", "--no-sync", "--auth=trust", "--username=enlist", "--encoding=UTF8", "--locale=C", "-D", filepath.Join(c.folder, "data"))
	if err != nil {
		return err
	}
	return c.configure(`
listen_addresses = '127.0.0.1'
unix_socket_directories = '` + c.folder + `'
shared_buffers = 32MB
max_connections = 200
max_wal_size = 256MB
fsync = on
full_page_writes = on
synchronous_commit = on
`)
}

// configure appends settings. The last value of a setting counts.
func (c *Cluster) configure(settings string) error {
	file, err := os.OpenFile(filepath.Join(c.folder, "data", "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = io.WriteString(file, settings)
	return errors.Join(err, file.Close())
}

// startOnFreePort tries several ports. Another process may take a free port before the server uses
// it.
func (c *Cluster) startOnFreePort() error {
	var err error
	for range 5 {
		if c.port, err = freePort(); err != nil {
			return err
		}
		if err = c.control("start"); err == nil {
			return nil
		}
	}
	log, _ := os.ReadFile(filepath.Join(c.folder, "log"))
	return fmt.Errorf("%w\n%s", err, log)
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// Restart stops the server and starts it again on the same port. To clients and files, Immediate is
// a crash.
func (c *Cluster) Restart(t testing.TB, mode Mode) {
	t.Helper()
	if err := c.control("restart", "-m", string(mode)); err != nil {
		t.Fatal(err)
	}
}

// control runs pg_ctl and waits until the server is in the requested state.
func (c *Cluster) control(command string, flags ...string) error {
	return c.run("pg_ctl", append([]string{
		command, "-w", "-s", "-t", strconv.Itoa(int(patience.Seconds())),
		"-D", filepath.Join(c.folder, "data"), "-l", filepath.Join(c.folder, "log"), "-o", "-p " + strconv.Itoa(c.port),
	}, flags...)...)
}

// run runs one of PostgreSQL's programs.
func (c *Cluster) run(name string, arguments ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	// The output goes to a file. The server inherits its parent's output, and a pipe would stay
	// open while the server runs.
	output, err := os.CreateTemp("", name+"-*.log")
	if err != nil {
		return err
	}
	defer os.Remove(output.Name())
	defer output.Close()
	command := exec.CommandContext(ctx, filepath.Join(c.binaries, name), arguments...)
	command.Dir = c.folder
	command.Stdout, command.Stderr = output, output
	command.SysProcAttr = &syscall.SysProcAttr{Credential: c.credential}
	if err := command.Run(); err != nil {
		text, _ := os.ReadFile(output.Name())
		return fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(string(text)))
	}
	return nil
}

// Program returns the path of one of PostgreSQL's programs, in the server's version.
func (c *Cluster) Program(name string) string { return filepath.Join(c.binaries, name) }

// DSN returns the DSN of one of the cluster's databases. User enlist is the superuser and has no
// password.
func (c *Cluster) DSN(database string) string {
	return fmt.Sprintf("postgres://enlist@127.0.0.1:%d/%s?sslmode=disable", c.port, database)
}

// Database creates an empty database and returns its DSN. The database lives as long as the
// cluster.
func (c *Cluster) Database(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("test%d", c.databases.Add(1))
	c.Exec(t, c.DSN("postgres"), "CREATE DATABASE "+name)
	return c.DSN(name)
}

// Exec runs a statement on a connection of its own.
func (c *Cluster) Exec(t testing.TB, dsn, sql string, arguments ...any) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, sql, arguments...); err != nil {
		t.Fatal(err)
	}
}
