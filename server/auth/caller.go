package auth

import (
	"slices"

	"google.golang.org/grpc"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// Caller is the authenticated caller of a request.
type Caller struct {
	// Principal names the caller in the journal. It is empty if the server requires no
	// credentials.
	Principal string

	grants []grant
}

// grant is what one entry of the configuration permits. A caller with several grants may do what
// any of them permits.
type grant struct {
	providers, rpcs []string // empty: all
	operator        bool
	privacy         bool
}

// permission is an entry of the configuration that permits something.
type permission interface {
	GetProviders() []string
	GetRpcs() []string
	GetOperator() bool
	GetPrivacy() bool
}

func grantOf(permitted permission) grant {
	return grant{
		providers: permitted.GetProviders(), rpcs: permitted.GetRpcs(), operator: permitted.GetOperator(), privacy: permitted.GetPrivacy(),
	}
}

func (g grant) has(provider string) bool {
	return len(g.providers) == 0 || slices.Contains(g.providers, provider)
}

func (g grant) allows(rpc string, others bool) bool {
	if len(g.rpcs) > 0 && !slices.Contains(g.rpcs, rpc) {
		return false
	}
	if isAboutPrivacy(rpc) { // of all callers
		return g.privacy
	}
	return g.operator || !others
}

// isAboutPrivacy reports whether an RPC needs the permission privacy.
func isAboutPrivacy(rpc string) bool {
	return slices.ContainsFunc(enlistv1.PrivacyService_ServiceDesc.Methods, func(method grpc.MethodDesc) bool { return method.MethodName == rpc })
}

// everything returns the grants of a caller without restrictions.
func everything() []grant { return []grant{{operator: true, privacy: true}} }

// Anonymous returns the caller of every request if the server requires no credentials.
func Anonymous() *Caller { return &Caller{grants: everything()} }

// Sees reports whether the caller may use a provider at all.
func (c *Caller) Sees(provider string) bool {
	return slices.ContainsFunc(c.grants, func(g grant) bool { return g.has(provider) })
}

// SeesAll reports whether the caller may use every provider.
func (c *Caller) SeesAll() bool {
	return slices.ContainsFunc(c.grants, func(g grant) bool { return len(g.providers) == 0 })
}

// May reports whether the caller may call an RPC at a provider. With others, it reports this for
// requests about other callers' creations.
func (c *Caller) May(rpc, provider string, others bool) bool {
	names, all := c.Where(rpc, others)
	return all || slices.Contains(names, provider)
}

// Where returns the providers at which the caller may call an RPC. It returns all, or their
// names, of which there may be none. With others, it returns this for requests about other
// callers' creations.
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
