package opencell

import (
	"context"

	"github.com/enlist-dev/enlist/providers"
)

// FindCustomer is to come.
func (c *creation) FindCustomer(context.Context, providers.Sent) ([]providers.Candidate, error) {
	return nil, c.description.NotSupported("FindCustomer")
}
