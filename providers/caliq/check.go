package caliq

import "context"

// Check asks for the catalogue of messages: customers can only be listed, all at once.
func (p *Provider) Check(ctx context.Context) error {
	_, err := p.fetchMessages(ctx)
	return err
}
