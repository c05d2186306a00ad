package auth

import "slices"

// Caller is who calls.
type Caller struct {
	// Principal names the caller in the journal; empty where nobody has to say who they are.
	Principal string

	grants []grant
}

// grant is what one entry of the configuration permits; a caller with several may do what any of them says.
type grant struct {
	providers, rpcs []string // empty: all
	operator        bool
}

// permission is an entry of the configuration that permits something.
type permission interface {
	GetProviders() []string
	GetRpcs() []string
	GetOperator() bool
}

func grantOf(permitted permission) grant {
	return grant{providers: permitted.GetProviders(), rpcs: permitted.GetRpcs(), operator: permitted.GetOperator()}
}

func (g grant) has(provider string) bool {
	return len(g.providers) == 0 || slices.Contains(g.providers, provider)
}

func (g grant) allows(rpc string, others bool) bool {
	return (len(g.rpcs) == 0 || slices.Contains(g.rpcs, rpc)) && (g.operator || !others)
}

// everything is what a caller may do of whom nothing less is said.
func everything() []grant { return []grant{{operator: true}} }

// Anonymous is every caller where nobody has to say who they are.
func Anonymous() *Caller { return &Caller{grants: everything()} }

// Sees reports whether the caller may use a provider at all.
func (c *Caller) Sees(provider string) bool {
	return slices.ContainsFunc(c.grants, func(g grant) bool { return g.has(provider) })
}

// SeesAll reports whether the caller may use every provider.
func (c *Caller) SeesAll() bool {
	return slices.ContainsFunc(c.grants, func(g grant) bool { return len(g.providers) == 0 })
}

// May reports whether the caller may call an RPC at a provider; with others, about what other callers have done.
func (c *Caller) May(rpc, provider string, others bool) bool {
	names, all := c.Where(rpc, others)
	return all || slices.Contains(names, provider)
}

// Where returns the providers at which the caller may call an RPC: all, or those of these names, which may be none. With others, at which it may
// about what other callers have done.
func (c *Caller) Where(rpc string, others bool) (names []string, all bool) {
	for _, g := range c.grants {
		if !g.allows(rpc, others) {
			continue
		}
		if len(g.providers) == 0 {
			return nil, true
		}
		names = append(names, g.providers...)
	}
	slices.Sort(names)
	return slices.Compact(names), false
}
