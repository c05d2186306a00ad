package vendorhttp

// TakeOver makes a new client go on where the earlier client of the same provider stands. Both pass
// the same gate, whose limits do not change. They use the same counters and connections. With
// another timeout, the connections are new. Health, the breaker and the pause of rejected
// credentials start anew. Call it before the first request.
func (c *Client) TakeOver(earlier *Client) {
	c.gate = earlier.gate
	if earlier.timeout == c.timeout {
		c.transport = earlier.transport
	}
	shown := c.metrics.shown // of the health of this client
	c.metrics = earlier.metrics
	c.metrics.shown = shown
}
