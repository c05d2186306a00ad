package caliq

import (
	"context"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	caliqv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/caliq/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/vendorhttp"
	"github.com/enlist-dev/enlist/providers/wire"
)

// catalogueTimeout is how long an error waits for its description.
const catalogueTimeout = 5 * time.Second

// catalogue is Caliq's list of messages. It fetches them on first use and then keeps them. Safe for
// concurrent use.
type catalogue struct {
	fetch  func(context.Context) (map[int64]string, error)
	flight singleflight.Group

	mu    sync.Mutex
	known map[int64]string
}

// get returns the descriptions by number. If it cannot fetch them, it returns nil and tries again
// on the next call.
func (c *catalogue) get(ctx context.Context) map[int64]string {
	if known := c.cached(); known != nil {
		return known
	}
	done := c.flight.DoChan("messages", func() (any, error) {
		if known := c.cached(); known != nil {
			return known, nil
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), catalogueTimeout) // other callers may wait for it, too
		defer cancel()
		known, err := c.fetch(ctx)
		if err != nil {
			return nil, err
		}
		c.mu.Lock()
		c.known = known
		c.mu.Unlock()
		return known, nil
	})
	select {
	case result := <-done:
		known, _ := result.Val.(map[int64]string)
		return known
	case <-ctx.Done():
		return nil
	}
}

func (c *catalogue) cached() map[int64]string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.known
}

// fetchMessages requests Caliq's messages. 204 means that there are none.
func (p *Provider) fetchMessages(ctx context.Context) (map[int64]string, error) {
	call := p.newRequest(vendorhttp.ListMessages, messagePath, &caliqv1.MessageParams{ApiKey: p.settings.GetApiKey()})
	ctx = providers.WithoutCreation(ctx)
	return vendorhttp.Call(ctx, p.http, call, func(response *vendorhttp.Response) (map[int64]string, error) { return p.descriptions(call, response) })
}

func (p *Provider) descriptions(call *vendorhttp.Request, response *vendorhttp.Response) (map[int64]string, error) {
	results := &caliqv1.MessageResults{}
	if response.Status != http.StatusNoContent {
		_, err := wire.Read(response.Body, results) // a message that Enlist cannot read has no description
		if response.Status != http.StatusOK || err != nil || !wire.HasList(response.Body, "MessagesList") {
			return nil, p.failed(call, response)
		}
	}
	descriptions := make(map[int64]string, len(results.GetMessagesList()))
	for _, message := range results.GetMessagesList() {
		descriptions[message.GetId()] = message.GetDescription()
	}
	return descriptions, nil
}
