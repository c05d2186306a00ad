package server

import (
	"net/http"
	"slices"
	"strings"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// route is the REST side of an RPC.
type route struct {
	method, path string   // POST, /v1/providers/{provider}/operations/{request_id}:wait
	segments     []string // of the path, without its verb
	verb         string   // :wait; empty for none
	rpc          string   // WaitOperation; empty for a path of no RPC
}

func newRoute(method, path string) route {
	made := route{method: method, path: path}
	base, verb, has := strings.Cut(path, "}:")
	if has {
		base, made.verb = base+"}", ":"+verb
	}
	made.segments = strings.Split(base, "/")
	return made
}

// routes are the REST sides of RPCs.
type routes []route

// routesOfContract returns the contract's routes, from its annotations.
func routesOfContract() routes {
	var all routes
	for _, service := range contractServices() {
		for i := range service.Methods().Len() {
			method := service.Methods().Get(i)
			rule, _ := proto.GetExtension(method.Options(), annotations.E_Http).(*annotations.HttpRule)
			made := newRoute(http.MethodGet, rule.GetGet())
			if path := rule.GetPost(); path != "" {
				made = newRoute(http.MethodPost, path)
			}
			made.rpc = string(method.Name())
			all = append(all, made)
		}
	}
	return all
}

func contractServices() []protoreflect.ServiceDescriptor {
	var services []protoreflect.ServiceDescriptor
	for _, file := range []protoreflect.FileDescriptor{
		enlistv1.File_enlist_v1_customer_service_proto, enlistv1.File_enlist_v1_provider_service_proto, enlistv1.File_enlist_v1_operation_service_proto,
		enlistv1.File_enlist_v1_privacy_service_proto,
	} {
		services = append(services, file.Services().Get(0))
	}
	return services
}

// at returns the routes of a path. If the path has the verb of a route, it returns that route.
// Otherwise it returns all routes of the resource that the path names.
func (all routes) at(path string) routes {
	var there routes
	segments := strings.Split(path, "/")
	for _, route := range all {
		if base, has := strings.CutSuffix(path, route.verb); route.verb != "" && has && fits(route.segments, strings.Split(base, "/")) {
			return routes{route}
		}
		if fits(route.segments, segments) {
			there = append(there, route)
		}
	}
	return there
}

// of returns the RPC that a request is for, and the provider in its path. Both may be empty.
func (all routes) of(request *http.Request) (rpc, provider string) {
	path := request.URL.EscapedPath()
	for _, route := range all.at(path) {
		if !(routes{route}).take(request.Method, path) {
			continue
		}
		if i := slices.Index(route.segments, "{provider}"); i >= 0 {
			if named := strings.Split(path, "/")[i]; providerName.MatchString(named) {
				provider = named
			}
		}
		return route.rpc, provider
	}
	return "", ""
}

// allow returns the value of the Allow header for a route. A path that takes GET takes HEAD.
func (r route) allow() string {
	if r.method == http.MethodGet {
		return "GET, HEAD"
	}
	return r.method
}

// take reports whether one of the routes of a path takes a method.
func (all routes) take(method, path string) bool {
	return slices.ContainsFunc(all, func(route route) bool { return route.method == method && strings.HasSuffix(path, route.verb) })
}

func fits(template, path []string) bool {
	return slices.EqualFunc(template, path, func(segment, given string) bool {
		return segment == given || strings.HasPrefix(segment, "{")
	})
}

func (all routes) String() string {
	texts := make([]string, len(all))
	for i, route := range all {
		texts[i] = route.method + " " + route.path
	}
	return strings.Join(texts, ", ")
}

// ownPaths names the paths that are not of the contract.
func ownPaths(config *configv1.Http) string {
	paths := "/openapi.json, /service-config.json, /docs/, /healthz, /readyz"
	if !config.GetDisableConsole() {
		paths += ", /console/"
	}
	return paths
}

// noSuchPath is the error for a path that the contract does not have.
func noSuchPath(all routes, ownPaths string) *providers.Error {
	return &providers.Error{
		Reason: enlistv1.ErrorReason_RPC_NOT_SUPPORTED,
		Message: "This path does not exist. Use one of: " + all.String() + ", " + ownPaths + ". " +
			"Percent-encode an id in a path: write / as %2F.",
	}
}

// noSuchMethod is the error for a method that the path does not take.
func noSuchMethod(there routes) *providers.Error {
	return &providers.Error{
		Reason:  enlistv1.ErrorReason_RPC_NOT_SUPPORTED,
		Message: "This path does not support this method. Use " + there.String() + ".",
	}
}

// noSuchRPC responds to gRPC calls of RPCs that the contract does not have.
func noSuchRPC(any, grpc.ServerStream) error {
	var all []string
	for _, service := range contractServices() {
		for i := range service.Methods().Len() {
			all = append(all, string(service.FullName())+"/"+string(service.Methods().Get(i).Name()))
		}
	}
	return statusOf(&providers.Error{
		Reason: enlistv1.ErrorReason_RPC_NOT_SUPPORTED, Message: "This RPC does not exist. Use one of: " + strings.Join(all, ", ") + ".",
	}, "", "").Err()
}
