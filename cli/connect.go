package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"syscall"
	"text/tabwriter"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/registry"
)

// connection is one line that `check --connect` prints.
type connection struct {
	name, kind string
	ask        func(context.Context) (found string, err error)

	found string
	err   error
}

// checkConnections checks the journal and every vendor at once, and prints a line for each. It
// returns an error if any of them failed.
func checkConnections(ctx context.Context, out io.Writer, config *configv1.Config, connected map[string]providers.Provider) error {
	connections := []*connection{journalConnection(config.GetJournal())}
	for _, provider := range config.GetProviders() {
		connections = append(connections, &connection{
			name: provider.GetName(), kind: string(registry.Vendor(provider)),
			ask: func(ctx context.Context) (string, error) {
				return "connected, credentials accepted", connected[provider.GetName()].Check(ctx)
			},
		})
	}
	var asking sync.WaitGroup
	for _, c := range connections {
		asking.Go(func() { c.found, c.err = c.ask(ctx) })
	}
	asking.Wait()
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	failed := 0
	for _, c := range connections {
		verdict := "ok"
		if c.err != nil {
			verdict, c.found = "FAILED", whatToDo(c.err)
			failed++
		}
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", c.name, c.kind, verdict, c.found)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d connections failed", failed, len(connections))
	}
	return nil
}

// again is the advice of an error that may not last.
const again = "Repeat the command later."

// whatToDo returns an error on one line, with advice for a person at the command line. For a
// provider's error, this is the message, the vendor's own words, and the cause, which only
// operators see.
func whatToDo(err error) string {
	text := err.Error()
	if unreached := (*providers.Unreached)(nil); errors.As(err, &unreached) {
		return "cannot connect to " + unreached.BaseURL + ": " + connectError(unreached.Cause) + ". Check base_url, the network and the proxy."
	}
	if known := (*providers.Error)(nil); errors.As(err, &known) {
		text = strings.NewReplacer(providers.CallAgain, again, providers.CallLater, again, " "+providers.NothingCreated, "").Replace(known.Message)
		if messages := known.Vendor.GetMessages(); len(messages) > 0 {
			text += " The vendor said: " + strings.TrimSpace(messages[0].GetCode()+" "+messages[0].GetMessage())
		}
		if known.Cause != nil {
			text += " (" + known.Cause.Error() + ")"
		}
	}
	return strings.Join(strings.Fields(text), " ")
}

// connectError returns why there is no connection, without the address.
func connectError(err error) string {
	if number := syscall.Errno(0); errors.As(err, &number) && !strings.Contains(err.Error(), "proxyconnect") {
		return number.Error()
	}
	return err.Error()
}
