package server_test

import (
	"strings"
	"testing"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// asBytes is a client's codec that sends bytes as they are.
type asBytes struct{ encoding.CodecV2 }

func (c asBytes) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(v.([]byte))}, nil
}

func field(number protowire.Number, content ...string) string {
	return string(protowire.AppendString(protowire.AppendTag(nil, number, protowire.BytesType), strings.Join(content, "")))
}

// An undecodable request is the caller's mistake. Its response is like every other error.
func TestUndecodable(t *testing.T) {
	r := start(t, nil)
	entry := func(key, value string) string { return field(19, field(1, key), field(2, value)) }
	provider := field(1, "opencell")
	for name, c := range map[string]struct{ sent, field string }{
		"no protobuf":   {"\xff", "body"},
		"cut off":       {provider[:4], "body"},
		"the provider":  {field(1, "\xff"), "provider"},
		"deep":          {provider + field(3, field(2, field(3, "a\xff"))), "customer.name.family_name"},
		"one of two":    {provider + field(3, field(12, field(2, "\xc3"))), "customer.shipping_address.city"},
		"in a list":     {provider + field(3, field(11, field(1, "a"), field(1, "\xff"))), "customer.billing_address.lines[1]"},
		"a map's value": {provider + field(3, entry("a", "b"), entry("k", "\xff")), `customer.properties["k"]`},
		"a map's key":   {provider + field(3, entry("\xff", "a")), `customer.properties["\xff"]`},
		"both at once":  {provider + field(2, "\xff") + "\xff", "request_id"},
		"no such name":  {field(1, "Opencell") + field(2, "\xff"), "provider"},
	} {
		t.Run(name, func(t *testing.T) {
			var trailer metadata.MD
			err := r.grpc.Invoke(t.Context(), "/enlist.v1.CustomerService/CreateCustomer", []byte(c.sent), &enlistv1.CreateCustomerResponse{},
				grpc.ForceCodecV2(asBytes{encoding.GetCodecV2("proto")}), grpc.Trailer(&trailer))
			got := status.Convert(err)
			var reason, violated string
			for _, detail := range got.Details() {
				switch detail := detail.(type) {
				case *errdetails.ErrorInfo:
					reason = detail.GetReason()
				case *errdetails.BadRequest:
					for _, violation := range detail.GetFieldViolations() {
						violated += violation.GetField()
					}
				}
			}
			if got.Code() != codes.InvalidArgument || reason != "INVALID_FIELD" || violated != c.field || len(trailer.Get("x-request-id")) != 1 {
				t.Errorf("got %v, %s, violations of %q, trailer %v", got, reason, violated, trailer)
			}
		})
	}
}

// Over gRPC too, the server reports an unknown provider before any other problem.
func TestProviderIsCheckedBeforeTheRest(t *testing.T) {
	r := start(t, nil)
	provider := field(1, "opencel")
	for name, sent := range map[string]string{
		"not UTF-8":   provider + field(2, "\xff"),
		"no protobuf": provider + "\xff",
		"not a UUID":  provider + field(2, "x"),
		"no customer": provider,
	} {
		err := r.grpc.Invoke(t.Context(), "/enlist.v1.CustomerService/CreateCustomer", []byte(sent), &enlistv1.CreateCustomerResponse{},
			grpc.ForceCodecV2(asBytes{encoding.GetCodecV2("proto")}))
		if got := status.Convert(err); got.Code() != codes.NotFound || !strings.Contains(got.Message(), useOneOf()) {
			t.Errorf("%s: %v", name, got)
		}
	}
}
