package main

import (
	"cmp"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// reason is the contract's description of an ErrorReason.
type reason struct {
	name, code, http, cause, remedy string
	retries                         bool // it comes with RetryInfo, and over REST with Retry-After
	statuses                        []int
}

var reasonName = regexp.MustCompile(`\b[A-Z][A-Z_]+\b`)

func reasonsOf(enum protoreflect.EnumDescriptor) (map[string]reason, error) {
	all := map[string]reason{}
	for i := range enum.Values().Len() {
		value := enum.Values().Get(i)
		if value.Number() == 0 {
			continue
		}
		follows, _ := proto.GetExtension(value.Options(), enlistv1.E_Reason).(*enlistv1.Consequences)
		cause, remedy, both := strings.Cut(comment(value), "\n\n")
		if follows.GetCode() == 0 || !both {
			return nil, fmt.Errorf("%s needs the option reason with a code, and a comment of two paragraphs: cause and remedy", value.Name())
		}
		made := reason{
			name: string(value.Name()), code: follows.GetCode().String(), cause: cause, remedy: remedy, retries: follows.GetRetryInfo(),
			statuses: []int{runtime.HTTPStatusFromCode(codes.Code(follows.GetCode()))},
		}
		var others []string
		for _, other := range follows.GetAlsoHttp() {
			made.statuses = append(made.statuses, int(other.GetStatus()))
			others = append(others, fmt.Sprintf("%d %s", other.GetStatus(), other.GetWhen()))
		}
		made.http = fmt.Sprint(made.statuses[0])
		if len(others) > 0 {
			made.http += " (" + strings.Join(others, ", ") + ")"
		}
		all[made.name] = made
	}
	return all, nil
}

// anyCallEnds begins the list of reasons in the comment of a service.
const anyCallEnds = "Any call can also end with"

// failuresOf returns the reasons with which an RPC can end, by HTTP status. The comments of the
// RPC and of its service name them.
func failuresOf(method protoreflect.MethodDescriptor, all map[string]reason) (map[int][]reason, error) {
	_, own, found := strings.Cut(comment(method), "Errors, by reason: ")
	_, everywhere, foundAny := strings.Cut(comment(method.Parent()), anyCallEnds)
	if !found || !foundAny {
		return nil, fmt.Errorf("the comment of %s, or of its service, does not say how calls end", method.FullName())
	}
	hasBody := httpRule(method).GetBody() != ""
	byStatus, seen := map[int][]reason{}, map[string]bool{}
	for _, name := range reasonName.FindAllString(own+everywhere, -1) {
		reason, known := all[name]
		if !known || seen[name] {
			continue
		}
		seen[name] = true
		for i, status := range reason.statuses {
			// 413 and 415 concern bodies. The statuses besides 501 concern paths and methods that
			// the document does not have.
			if i == 0 || hasBody && (status == http.StatusRequestEntityTooLarge || status == http.StatusUnsupportedMediaType) {
				byStatus[status] = append(byStatus[status], reason)
			}
		}
	}
	for _, reasons := range byStatus {
		slices.SortFunc(reasons, func(a, b reason) int { return cmp.Compare(a.name, b.name) })
	}
	return byStatus, nil
}
