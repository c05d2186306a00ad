package server

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"google.golang.org/grpc"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// Creations may use creationRoom percent of max_calls, and calls of CustomerService customerRoom
// percent. The rest is a reserve, for reads and for operators.
const creationRoom, customerRoom = 80, 90

// room returns how many calls may be in progress, of most, for one more call of a method.
func room(method string, most int64) int64 {
	switch {
	case method == enlistv1.CustomerService_CreateCustomer_FullMethodName:
		return max(most*creationRoom/100, 1)
	case isForCustomers(method):
		return max(most*customerRoom/100, 1)
	}
	return most
}

func isForCustomers(method string) bool {
	return strings.HasPrefix(method, "/"+enlistv1.CustomerService_ServiceDesc.ServiceName+"/")
}

// parts divides max_calls among the callers that have calls in progress, and among the providers.
// So neither a caller nor a vendor that hangs uses up the server.
type parts struct {
	mutex                 sync.Mutex
	principals, providers map[string]int64 // the calls in progress
}

// divide refuses a call whose caller or provider has its part of the calls in progress already. It
// comes after authentication. Without authentication, callers are not told apart.
func (a *admission) divide(connected connections) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, request any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
		if strings.HasPrefix(info.FullMethod, "/grpc.") {
			return handler(ctx, request)
		}
		principal, provider := principalOf(ctx), ""
		if c := callOf(ctx); c != nil && isForCustomers(info.FullMethod) {
			if present := connected(); len(present) > 1 && present[c.provider] != nil {
				provider = c.provider
			}
		}
		leave, whose := a.parts.enter(principal, provider, a.most)
		if leave == nil {
			a.refusedForParts.Add(1)
			return nil, overloaded(fmt.Sprintf("%s has its part of the calls that may be in progress (limits.max_calls, %d)", whose, a.most))
		}
		defer leave()
		return handler(ctx, request)
	}
}

// enter counts a call until leave. If leave is nil, whose says who has too many calls.
func (p *parts) enter(principal, provider string, most int64) (leave func(), whose string) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.principals == nil {
		p.principals, p.providers = map[string]int64{}, map[string]int64{}
	}
	switch {
	case isFull(p.principals, principal, most):
		return nil, "This caller"
	case isFull(p.providers, provider, most):
		return nil, "Provider " + provider
	}
	p.principals[principal]++
	p.providers[provider]++
	return func() {
		p.mutex.Lock()
		defer p.mutex.Unlock()
		end(p.principals, principal)
		end(p.providers, provider)
	}, ""
}

// isFull reports whether a name has an equal part of most. One part is always left for another
// name. No name has no part.
func isFull(calls map[string]int64, name string, most int64) bool {
	if name == "" {
		return false
	}
	among := int64(len(calls) + 1)
	if calls[""] > 0 {
		among--
	}
	if calls[name] == 0 {
		among++
	}
	return calls[name] >= max(most/among, 1)
}

func end(calls map[string]int64, name string) {
	if calls[name]--; calls[name] <= 0 {
		delete(calls, name)
	}
}
