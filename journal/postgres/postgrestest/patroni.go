package postgrestest

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

var errNoPatroni = errors.New("found no Patroni, etcd or HAProxy, or this is not Linux. Run apt-get install patroni etcd-server haproxy, or make postgres")

// Patroni is three PostgreSQL nodes under Patroni, with three members of etcd, and an HAProxy that
// leads to the primary. Each node has another HAProxy as its network, which a test can cut.
type Patroni struct {
	folder, binaries string
	credential       *syscall.Credential
	stop             func()
	programs         map[string]string
	journal          int // port of the HAProxy that leads to the primary
	etcd             []*etcdMember
	nodes            []*node
	replication      Replication
}

// Replication says when Patroni makes commits wait for a standby.
type Replication int

const (
	// Asynchronous never does.
	Asynchronous Replication = iota
	// Synchronous does while there is a standby: synchronous_mode. Patroni then promotes only a
	// standby that has every commit.
	Synchronous
	// Strict always does: also synchronous_mode_strict.
	Strict
)

// The times of Patroni in seconds. Its documentation asks for ttl >= loop_wait + 2 * retry_timeout.
const (
	patroniTTL          = 10
	patroniLoopWait     = 1
	patroniRetryTimeout = 3
)

// size is the number of nodes, and of members of etcd.
const size = 3

type etcdMember struct {
	daemon
	client, peer int // ports
}

// node is one PostgreSQL server with its Patroni.
type node struct {
	daemon
	postgres, rest int    // ports
	near           near   // ports of its network
	network        daemon // carries everything between this node and the others
}

// near are the ports at which a node and the others reach each other.
type near struct {
	postgres, rest int
	etcd           [size]int
}

// StartPatroni starts a cluster with an empty database. The cluster stops when the test ends.
func StartPatroni(t testing.TB, replication Replication) *Patroni {
	t.Helper()
	p := &Patroni{replication: replication}
	check(t, p.prepare())
	t.Cleanup(p.stop)
	for _, member := range p.etcd {
		check(t, member.start())
	}
	for _, n := range p.nodes {
		check(t, n.network.start())
	}
	p.waitForEtcd(t) // Patroni does not start before it
	for _, n := range p.nodes {
		check(t, n.start())
	}
	balancer, err := p.balancer()
	check(t, err)
	check(t, balancer.start())
	p.Settle(t)
	return p
}

func (p *Patroni) prepare() (err error) {
	if p.binaries, err = binaries(); err != nil {
		return err
	}
	p.programs = map[string]string{}
	for _, name := range []string{"patroni", "etcd", "haproxy", "readlink"} {
		path, found := lookUp(name)
		if _, err := os.Stat("/proc/self/cwd"); !found || err != nil {
			return errNoPatroni
		}
		p.programs[name] = path
	}
	if p.credential, err = unprivileged(); err != nil {
		return err
	}
	if p.folder, err = temporary("enlist-patroni-", p.credential); err != nil {
		return err
	}
	if p.stop, err = guard(p.credential, killAll, p.folder); err != nil {
		return errors.Join(err, os.RemoveAll(p.folder))
	}
	if err := p.layOut(); err != nil {
		p.stop()
		return err
	}
	return nil
}

// layOut gives ports and folders to all daemons, and writes their files.
func (p *Patroni) layOut() error {
	ports, err := steadyPorts(1 + size*(2+4+size))
	if err != nil {
		return err
	}
	next := func() (port int) {
		port, ports = ports[0], ports[1:]
		return port
	}
	p.journal = next()
	for range size {
		p.etcd = append(p.etcd, &etcdMember{client: next(), peer: next()})
		n := &node{postgres: next(), rest: next(), near: near{postgres: next(), rest: next()}}
		for i := range n.near.etcd {
			n.near.etcd[i] = next()
		}
		p.nodes = append(p.nodes, n)
	}
	for i, member := range p.etcd {
		if member.daemon, err = p.daemon(fmt.Sprintf("etcd%d", i+1), "etcd", "", "", p.etcdFlags(i)...); err != nil {
			return err
		}
	}
	for i, n := range p.nodes {
		if n.network, err = p.daemon(fmt.Sprintf("network%d", i+1), "haproxy", "haproxy.cfg", p.network(n), "-db", "-f", "haproxy.cfg"); err != nil {
			return err
		}
		name := fmt.Sprintf("node%d", i+1)
		settings, err := json.Marshal(p.settings(n, name))
		if err != nil {
			return err
		}
		if n.daemon, err = p.daemon(name, "patroni", "patroni.yaml", string(settings), "patroni.yaml"); err != nil {
			return err
		}
	}
	return nil
}

// daemon makes the folder of a program, with one file.
func (p *Patroni) daemon(name, program, file, content string, arguments ...string) (d daemon, err error) {
	d = daemon{name: name, folder: filepath.Join(p.folder, name), credential: p.credential, program: p.programs[program], arguments: arguments}
	if err := os.Mkdir(d.folder, 0o700); err != nil {
		return d, err
	}
	if file != "" {
		if err := os.WriteFile(filepath.Join(d.folder, file), []byte(content), 0o644); err != nil {
			return d, err
		}
	}
	if p.credential != nil {
		err = os.Chown(d.folder, int(p.credential.Uid), int(p.credential.Gid))
	}
	return d, err
}

func (p *Patroni) etcdFlags(i int) []string {
	var all []string
	for j, member := range p.etcd {
		all = append(all, fmt.Sprintf("etcd%d=http://%s", j+1, address(member.peer)))
	}
	client, peer := "http://"+address(p.etcd[i].client), "http://"+address(p.etcd[i].peer)
	return []string{
		"--name", fmt.Sprintf("etcd%d", i+1), "--data-dir", "data", "--log-level", "warn", "--enable-v2",
		"--listen-client-urls", client, "--advertise-client-urls", client,
		"--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
		"--initial-cluster", strings.Join(all, ","), "--initial-cluster-state", "new",
		"--heartbeat-interval", "100", "--election-timeout", "1000",
	}
}

// haproxyDefaults are settings of every HAProxy. Connections may be idle for long.
const haproxyDefaults = `global
  nbthread 1
defaults
  mode tcp
  timeout connect 1s
  timeout check 1s
  timeout client 1h
  timeout server 1h
`

// network leads from the node to etcd, and from the others to the node.
func (p *Patroni) network(n *node) string {
	text := haproxyDefaults
	for from, to := range map[int]int{
		n.near.postgres: n.postgres, n.near.rest: n.rest,
		n.near.etcd[0]: p.etcd[0].client, n.near.etcd[1]: p.etcd[1].client, n.near.etcd[2]: p.etcd[2].client,
	} {
		text += fmt.Sprintf("listen from%d\n  bind %s\n  server there %s\n", from, address(from), address(to))
	}
	return text
}

// balancer is the HAProxy in front of all nodes, as docs/operations.md describes it.
func (p *Patroni) balancer() (daemon, error) {
	text := haproxyDefaults + `listen postgres
  bind ` + address(p.journal) + `
  option httpchk GET /primary
  http-check expect status 200
  default-server inter 1s fall 2 rise 1 on-marked-down shutdown-sessions
`
	for _, n := range p.nodes {
		text += fmt.Sprintf("  server %s %s check port %d\n", n.name, address(n.near.postgres), n.near.rest)
	}
	return p.daemon("balancer", "haproxy", "haproxy.cfg", text, "-db", "-f", "haproxy.cfg")
}

// settings are the configuration of a node's Patroni.
func (p *Patroni) settings(n *node, name string) any {
	type object = map[string]any
	var etcd []string
	for _, port := range n.near.etcd {
		etcd = append(etcd, address(port))
	}
	user := object{"username": "enlist"}
	return object{
		"scope": "enlist", "name": name,
		"restapi": object{"listen": address(n.rest), "connect_address": address(n.near.rest)},
		// With etcd3, Patroni 3.0.2 overwrites the key of another primary when it wakes from a freeze.
		// With use_proxies, it does not go around the network by etcd's own list of members.
		"etcd": object{"hosts": etcd, "use_proxies": true},
		"bootstrap": object{
			"dcs": object{
				"ttl": patroniTTL, "loop_wait": patroniLoopWait, "retry_timeout": patroniRetryTimeout,
				"synchronous_mode": p.replication != Asynchronous, "synchronous_mode_strict": p.replication == Strict,
				"maximum_lag_on_failover": 1 << 30,
				"postgresql":              object{"use_pg_rewind": true, "use_slots": true},
			},
			"initdb": []any{object{"encoding": "UTF8"}, object{"locale": "C"}, "no-sync"},
		},
		"postgresql": object{
			"listen": address(n.postgres), "connect_address": address(n.near.postgres),
			"data_dir": "data", "bin_dir": p.binaries, "pgpass": filepath.Join(p.folder, name, "pgpass"),
			"authentication": object{"superuser": user, "replication": user},
			"pg_hba":         []string{"local all all trust", "host all all 127.0.0.1/32 trust", "host replication all 127.0.0.1/32 trust"},
			"basebackup":     []any{"no-sync", object{"checkpoint": "fast"}},
			"remove_data_directory_on_rewind_failure":     true,
			"remove_data_directory_on_diverged_timelines": true,
			"parameters": object{
				"unix_socket_directories": filepath.Join(p.folder, name),
				"shared_buffers":          "32MB", "max_connections": 100, "max_wal_size": "256MB",
				"wal_sender_timeout": "5s", "wal_receiver_timeout": "5s", "wal_retrieve_retry_interval": "500ms",
			},
		},
	}
}

// DSN returns the DSN of the database through HAProxy, which leads to the primary.
func (p *Patroni) DSN() string {
	return fmt.Sprintf("postgres://enlist@%s/postgres?sslmode=disable", address(p.journal))
}

// Versions names the versions of PostgreSQL and Patroni.
func (p *Patroni) Versions(t testing.TB) string {
	t.Helper()
	var all []string
	for _, program := range []string{filepath.Join(p.binaries, "postgres"), p.programs["patroni"]} {
		text, err := exec.Command(program, "--version").Output()
		check(t, err)
		words := strings.Fields(string(text)) // postgres (PostgreSQL) 15.18 (Debian …), patroni 3.0.2
		version := slices.IndexFunc(words, func(word string) bool { return word[0] >= '0' && word[0] <= '9' })
		all = append(all, words[version])
	}
	return fmt.Sprintf("PostgreSQL %s, Patroni %s", all[0], all[1])
}

// Settle waits until the cluster has a primary and two standbys that stream from it, one of them
// synchronous if the cluster is.
func (p *Patroni) Settle(t testing.TB) {
	t.Helper()
	var state string
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		var settled bool
		if settled, state = p.settled(); settled {
			return
		}
	}
	t.Fatalf("the Patroni cluster does not settle: %s\n%s", state, p.logs())
}

// waitForEtcd waits until the members of etcd know each other.
func (p *Patroni) waitForEtcd(t testing.TB) {
	t.Helper()
	var said string
	for end := time.Now().Add(patience / 4); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		var err error
		if said, err = call("http://"+address(p.etcd[0].client)+"/version", nil); err == nil && !strings.Contains(said, "not_decided") {
			return
		}
	}
	log, _ := os.ReadFile(filepath.Join(p.etcd[0].folder, "log"))
	t.Fatalf("etcd does not start: %s\n%s", said, log)
}

// logs returns the ends of the logs of all nodes.
func (p *Patroni) logs() string {
	var text strings.Builder
	for _, n := range p.nodes {
		log, _ := os.ReadFile(filepath.Join(n.folder, "log"))
		fmt.Fprintf(&text, "%s: …%s\n", n.name, log[max(0, len(log)-3000):])
	}
	return text.String()
}
