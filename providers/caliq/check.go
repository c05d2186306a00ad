package caliq

import "context"

// Check requests the catalogue of messages, because Caliq can list only all customers at once.
func (p *Provider) Check(ctx context.Context) error {
	_, err := p.fetchMessages(ctx)
	return err
}
