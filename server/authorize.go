package server

import (
	"path"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/server/auth"
)

// everybody stands for every principal in a list.
const everybody = "*"

// authorize decides whether a caller may call this RPC, at this provider, about creations of this
// principal. A refusal says what the caller may do. It reveals nothing else.
func authorize(caller *auth.Caller, method string, request any) error {
	rpc, provider, others := path.Base(method), allProviders, asksForOthers(caller, request)
	if named, ok := request.(interface{ GetProvider() string }); ok {
		provider = named.GetProvider()
	}
	names, all := caller.Where(rpc, others)
	if all || slices.Contains(names, provider) {
		return nil
	}
	about := rpc
	if own, all := caller.Where(rpc, false); others && (all || len(own) > len(names)) {
		about += " for the creations of other callers (omit principal for its own)"
	}
	if len(names) == 0 {
		return notPermitted("This caller may not call " + about + ".")
	}
	if provider == allProviders || provider == "" { // if there is no name, validation refuses it
		return nil
	}
	return notPermitted("This caller may not call " + about + " at this provider. It may call it at " + strings.Join(names, ", ") + ".")
}

// asksForOthers reports whether a request names a principal other than the caller's own.
func asksForOthers(caller *auth.Caller, request any) bool {
	message, ok := request.(proto.Message)
	if !ok {
		return false
	}
	reflected := message.ProtoReflect()
	field := reflected.Descriptor().Fields().ByName("principal")
	return field != nil && reflected.Has(field) && reflected.Get(field).String() != caller.Principal
}

// whose returns the principal that a request names, or else the caller's own.
func whose(caller *auth.Caller, named *string) string {
	if named != nil {
		return *named
	}
	return caller.Principal
}

// visible removes the providers that a caller may not use.
func visible(caller *auth.Caller, names []string) []string {
	return slices.DeleteFunc(names, func(name string) bool { return !caller.Sees(name) })
}

func notPermitted(what string) error {
	return &providers.Error{
		Reason:  enlistv1.ErrorReason_NOT_PERMITTED,
		Message: what + " The operator can permit it with the setting auth.",
	}
}
