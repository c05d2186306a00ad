package postgrestest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"syscall"
	"testing"
	"time"
)

// Trouble is what happens to a Patroni cluster. It returns a function that ends it.
type Trouble func(p *Patroni, t testing.TB) (end func())

// KillPrimary kills the primary and its Patroni at once. Its end starts them again.
func (p *Patroni) KillPrimary(t testing.TB) (end func()) {
	t.Helper()
	n := p.leader(t)
	n.signal(syscall.SIGKILL)
	return func() { check(t, n.start()) }
}

// FreezePrimary stops the primary and its Patroni between two instructions. At its end they go on.
func (p *Patroni) FreezePrimary(t testing.TB) (end func()) {
	t.Helper()
	n := p.leader(t)
	n.signal(syscall.SIGSTOP)
	return func() { n.signal(syscall.SIGCONT) }
}

// CutPrimary cuts the primary off from clients, standbys and etcd. Its packets are lost. At its end
// the connections break, and others succeed.
func (p *Patroni) CutPrimary(t testing.TB) (end func()) {
	t.Helper()
	n := p.leader(t)
	n.network.signal(syscall.SIGSTOP)
	return func() {
		n.network.signal(syscall.SIGKILL)
		check(t, n.network.start())
	}
}

// Switchover asks Patroni to make another node the primary. It returns when that is done.
func (p *Patroni) Switchover(t testing.TB) (end func()) {
	t.Helper()
	before, err := p.leader(t), error(nil)
	for end := time.Now().Add(patience / 4); time.Now().Before(end); time.Sleep(time.Second) {
		n := p.leader(t)
		if n != before { // a response was late
			return func() {}
		}
		if _, err = call("http://"+address(n.rest)+"/switchover", map[string]string{"leader": n.name}); err == nil {
			return func() {}
		} // Patroni refuses while no standby is synchronous
	}
	t.Fatalf("switchover: %v\n%s", err, p.logs())
	return nil
}

// KillEtcdLeader kills the leader of etcd. Its end starts it again.
func (p *Patroni) KillEtcdLeader(t testing.TB) (end func()) {
	t.Helper()
	for range 20 {
		for _, member := range p.etcd {
			var status struct {
				Leader string
				Header struct {
					MemberID string `json:"member_id"`
				}
			}
			text, err := call("http://"+address(member.client)+"/v3/maintenance/status", struct{}{})
			if err == nil && json.Unmarshal([]byte(text), &status) == nil && status.Leader != "" && status.Leader == status.Header.MemberID {
				member.signal(syscall.SIGKILL)
				return func() { check(t, member.start()) }
			}
		}
		time.Sleep(200 * time.Millisecond)
	}
	t.Fatal("etcd has no leader")
	return nil
}

// KillStandbys kills both standbys, each with its Patroni. Its end starts them again.
func (p *Patroni) KillStandbys(t testing.TB) (end func()) {
	t.Helper()
	primary := p.leader(t)
	var killed []*node
	for _, n := range p.nodes {
		if n != primary {
			n.signal(syscall.SIGKILL)
			killed = append(killed, n)
		}
	}
	return func() {
		for _, n := range killed {
			check(t, n.start())
		}
	}
}

// Primary returns the name of the primary according to etcd, or nothing without a primary.
func (p *Patroni) Primary() string {
	for _, member := range p.etcd {
		var found struct{ Node struct{ Value string } }
		text, err := call("http://"+address(member.client)+"/v2/keys/service/enlist/leader?quorum=true", nil)
		if err == nil && json.Unmarshal([]byte(text), &found) == nil {
			return found.Node.Value
		}
	}
	return ""
}

// leader waits for a primary.
func (p *Patroni) leader(t testing.TB) *node {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		name := p.Primary()
		for _, n := range p.nodes {
			if n.name == name {
				return n
			}
		}
	}
	t.Fatalf("the Patroni cluster has no primary\n%s", p.logs())
	return nil
}

// settled reports whether every node does its work, and how the primary's Patroni sees it.
func (p *Patroni) settled() (settled bool, state string) {
	primary := p.Primary()
	for _, n := range p.nodes {
		if n.name != primary {
			continue
		}
		text, err := call("http://"+address(n.rest)+"/cluster", nil)
		if err != nil {
			return false, err.Error()
		}
		var cluster struct {
			Members []struct {
				Role, State string
				Timeline    int
			}
		}
		if err := json.Unmarshal([]byte(text), &cluster); err != nil {
			return false, err.Error()
		}
		roles, timelines := map[string]int{}, map[int]bool{}
		for _, member := range cluster.Members {
			if member.State == "running" || member.State == "streaming" {
				roles[member.Role]++
				timelines[member.Timeline] = true
			}
		}
		standbys := roles["replica"] + roles["sync_standby"]
		return roles["leader"] == 1 && standbys == size-1 && len(timelines) == 1 && (roles["sync_standby"] > 0) == (p.replication != Asynchronous), text
	}
	return false, "no primary"
}

// call sends a POST request with a body, or a GET request without one.
func call(url string, body any) (text string, err error) {
	client := http.Client{Timeout: patience / 4}
	method, content := http.MethodGet, []byte(nil)
	if body != nil {
		method = http.MethodPost
		if content, err = json.Marshal(body); err != nil {
			return "", err
		}
	}
	request, err := http.NewRequest(method, url, bytes.NewReader(content))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	all, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", response.Status, all)
	}
	return string(all), err
}
