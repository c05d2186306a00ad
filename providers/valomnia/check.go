package valomnia

import (
	"context"

	"github.com/enlist-dev/enlist/providers"
)

// Check reads a customer that is not there.
func (p *Provider) Check(ctx context.Context) error { return providers.CheckByReading(ctx, p) }
