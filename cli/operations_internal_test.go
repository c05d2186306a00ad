package cli

import (
	"slices"
	"testing"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/internal/shell/shelltest"
)

// A command to paste passes exactly the names of the operation and the connection, whatever they
// contain. It never has the API key.
func TestCommandsToPaste(t *testing.T) {
	t.Setenv("ENLIST_SERVER", "127.0.0.1:7")
	operation := &enlistv1.Operation{Provider: "avvio", RequestId: "0b8f6a3e", Principal: "https://issuer.example/ o'x$(touch a)`touch b`!!"}
	r := serverFlags{Server: "127.0.0.1:7", APIKey: "a-secret", CAFile: "/a folder/ca.pem"}
	for name, ran := range shelltest.Run(t, r.commandFor("resolve", operation, "--succeeded=$HOME; touch c"), "enlist", nil) {
		want := []string{
			"operations", "resolve", "0b8f6a3e", "-p", "avvio", "--principal=" + operation.GetPrincipal(), "--succeeded=$HOME; touch c", "--ca-file=/a folder/ca.pem",
		}
		if !slices.Equal(ran.Arguments, want) {
			t.Errorf("%s passes %q, want %q", name, ran.Arguments, want)
		}
	}
	r = serverFlags{Server: "https://enlist.example:443", CertFile: "c.pem", KeyFile: "k.pem"}
	want := "enlist operations get 0b8f6a3e -p avvio --server=https://enlist.example:443 --cert-file=c.pem --key-file=k.pem"
	if got := r.commandFor("get", &enlistv1.Operation{Provider: "avvio", RequestId: "0b8f6a3e"}); got != want {
		t.Errorf("got %s", got)
	}
}
