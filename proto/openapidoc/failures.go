package main

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// failures holds the error responses. Operations that end with the same reasons at a status share
// one response in components/responses.
type failures struct {
	of     map[string]map[int][]reason // by RPC and HTTP status
	common map[int][]string            // the reasons that all operations with that status have
	names  map[string]string           // of the shared responses, by status and reasons
	shared *object
}

func newFailures(services []protoreflect.ServiceDescriptor, reasons map[string]reason) (*failures, error) {
	made := &failures{of: map[string]map[int][]reason{}, common: map[int][]string{}, names: map[string]string{}, shared: with()}
	for _, service := range services {
		for i := range service.Methods().Len() {
			method := service.Methods().Get(i)
			byStatus, err := failuresOf(method, reasons)
			if err != nil {
				return nil, err
			}
			made.of[string(method.Name())] = byStatus
			for code, reasons := range byStatus {
				names := namesOf(reasons)
				if common, has := made.common[code]; has {
					names = slices.DeleteFunc(names, func(name string) bool { return !slices.Contains(common, name) })
				}
				made.common[code] = names
			}
		}
	}
	return made, nil
}

// refTo returns a reference to the shared response of an RPC at a status. The response has the
// name of the status. If it has more reasons than others, the name of its first RPC comes before
// that.
func (f *failures) refTo(rpc string, code int, response func() *object) *object {
	reasons := namesOf(f.of[rpc][code])
	key := strconv.Itoa(code) + " " + strings.Join(reasons, " ")
	if _, has := f.names[key]; !has {
		name := strings.ReplaceAll(http.StatusText(code), " ", "")
		if !slices.Equal(reasons, f.common[code]) {
			name = rpc + name
		}
		f.names[key] = name
		f.shared.set(name, response())
	}
	return with("$ref", "#/components/responses/"+f.names[key])
}

func namesOf(reasons []reason) []string {
	var names []string
	for _, reason := range reasons {
		names = append(names, reason.name)
	}
	return names
}
