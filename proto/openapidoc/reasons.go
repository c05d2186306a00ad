package main

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// reason is what the contract says of an ErrorReason.
type reason struct {
	name, code, http, cause, remedy string
	retries                         bool // it comes with RetryInfo, and over REST with Retry-After
	statuses                        []int
}

// reasonForm is the form of the comments of ErrorReason; a test of the server asserts it.
var reasonForm = regexp.MustCompile(`^Code: ([A-Z_]+), HTTP (\d{3})(?: \((.+?)\))?\. Cause: (.+\.) Remedy: (.+\.) RetryInfo: (never|always)`)

var (
	status3    = regexp.MustCompile(`\d{3}`)
	reasonName = regexp.MustCompile(`\b[A-Z][A-Z_]+\b`)
)

func reasonsOf(enum protoreflect.EnumDescriptor) (map[string]reason, error) {
	all := map[string]reason{}
	for i := range enum.Values().Len() {
		value := enum.Values().Get(i)
		if value.Number() == 0 {
			continue
		}
		found := reasonForm.FindStringSubmatch(strings.Join(strings.Fields(comment(value)), " "))
		if found == nil {
			return nil, fmt.Errorf("the comment of %s has another form than %s", value.Name(), reasonForm)
		}
		made := reason{
			name: string(value.Name()), code: found[1], http: found[2], cause: found[4], remedy: found[5], retries: found[6] == "always",
		}
		if found[3] != "" {
			made.http += " (" + found[3] + ")"
		}
		for _, status := range status3.FindAllString(made.http, -1) {
			made.statuses = append(made.statuses, atoi(status))
		}
		all[made.name] = made
	}
	return all, nil
}

func atoi(digits string) int {
	number := 0
	_, _ = fmt.Sscan(digits, &number) // digits that a regular expression found
	return number
}

// anyCallEnds begins the list of reasons in the comment of a service.
const anyCallEnds = "Any call can also end with"

// failuresOf returns the reasons with which an RPC can end, by HTTP status: those that its comment names, and its service's.
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
			// 413 and 415 are of bodies; the statuses besides 501 are of paths and methods that are not of the document.
			if i == 0 || hasBody && (status == 413 || status == 415) {
				byStatus[status] = append(byStatus[status], reason)
			}
		}
	}
	for _, reasons := range byStatus {
		slices.SortFunc(reasons, func(a, b reason) int { return cmp.Compare(a.name, b.name) })
	}
	return byStatus, nil
}
