package pagetoken_test

import (
	"errors"
	"math"
	"testing"

	"google.golang.org/protobuf/proto"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/pagetoken"
)

func contractors(change func(*enlistv1.ListContractorsRequest)) *enlistv1.ListContractorsRequest {
	request := &enlistv1.ListContractorsRequest{Provider: "sellandsign", CustomerId: "C-1", PageSize: 10}
	change(request)
	return request
}

func TestOffset(t *testing.T) {
	first := contractors(func(*enlistv1.ListContractorsRequest) {})
	if offset, err := pagetoken.Offset(first); offset != 0 || err != nil {
		t.Errorf("without a token: %d, %v", offset, err)
	}
	for _, want := range []int{0, 1, 100, math.MaxInt} {
		next := contractors(func(r *enlistv1.ListContractorsRequest) { r.PageToken, r.PageSize = pagetoken.Next(first, want), 20 })
		before := proto.Clone(next)
		if offset, err := pagetoken.Offset(next); offset != want || err != nil {
			t.Errorf("%d came back as %d, %v", want, offset, err)
		}
		if !proto.Equal(before, next) {
			t.Error("the request was changed")
		}
	}
}

func TestTokenOfAnotherList(t *testing.T) {
	first := contractors(func(*enlistv1.ListContractorsRequest) {})
	token := pagetoken.Next(first, 100)
	for name, request := range map[string]pagetoken.Request{
		"another customer": contractors(func(r *enlistv1.ListContractorsRequest) { r.CustomerId, r.PageToken = "C-2", token }),
		"another provider": contractors(func(r *enlistv1.ListContractorsRequest) { r.Provider, r.PageToken = "other", token }),
		"another record":   contractors(func(r *enlistv1.ListContractorsRequest) { r.IncludeVendorRecord, r.PageToken = true, token }),
		"another list":     &enlistv1.ListProvidersRequest{PageToken: pagetoken.Next(&enlistv1.ListContractorsRequest{}, 100)},
		"before the first": contractors(func(r *enlistv1.ListContractorsRequest) { r.PageToken = pagetoken.Next(first, -1) }),
		"cut":              contractors(func(r *enlistv1.ListContractorsRequest) { r.PageToken = token[:len(token)-2] }),
		"longer":           contractors(func(r *enlistv1.ListContractorsRequest) { r.PageToken = token + "AA" }),
		"not base64":       contractors(func(r *enlistv1.ListContractorsRequest) { r.PageToken = "100" + token[3:] + "!" }),
		"an offset":        contractors(func(r *enlistv1.ListContractorsRequest) { r.PageToken = "100" }),
	} {
		_, err := pagetoken.Offset(request)
		var known *providers.Error
		if !errors.As(err, &known) || known.Reason != enlistv1.ErrorReason_INVALID_FIELD ||
			len(known.Violations) != 1 || known.Violations[0].Path != "page_token" || known.Message == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Every token except those of Next is refused, and none causes harm.
func FuzzOffset(f *testing.F) {
	first := contractors(func(*enlistv1.ListContractorsRequest) {})
	token := pagetoken.Next(first, 100)
	for _, seed := range []string{"", token, token[1:], "AAAA", token + "\n", "\xff", "100"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		offset, err := pagetoken.Offset(contractors(func(r *enlistv1.ListContractorsRequest) { r.PageToken = token }))
		if err == nil && token != "" && pagetoken.Next(first, offset) != token {
			t.Errorf("%q was taken for the offset %d", token, offset)
		}
		if err != nil && !providers.IsReason(err, enlistv1.ErrorReason_INVALID_FIELD) {
			t.Error(err)
		}
	})
}

func TestSize(t *testing.T) {
	for asked, want := range map[int32]int{0: 100, 1: 1, 999: 999, 1000: 1000, 1001: 1000, math.MaxInt32: 1000} {
		if got := pagetoken.Size(asked); got != want {
			t.Errorf("%d: got %d, want %d", asked, got, want)
		}
	}
}
