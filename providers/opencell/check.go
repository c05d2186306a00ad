package opencell

import (
	"context"

	"github.com/enlist-dev/enlist/providers"
)

// Check reads a customer that does not exist.
func (p *Provider) Check(ctx context.Context) error { return providers.CheckByReading(ctx, p) }
