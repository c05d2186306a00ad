package audit_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// fill sets every text of a message to its path, and returns the paths that are customers' ids.
func fill(message protoreflect.Message, path string, depth int) (ids []string) {
	for i := range message.Descriptor().Fields().Len() {
		field := message.Descriptor().Fields().Get(i)
		at := path + "." + string(field.Name())
		isOurs := field.Message() != nil && field.Message().ParentFile().Package() == "enlist.v1"
		switch {
		case field.IsMap() || depth == 0:
		case isOurs && field.IsList():
			ids = append(ids, fill(message.Mutable(field).List().AppendMutable().Message(), at, depth-1)...)
		case isOurs:
			ids = append(ids, fill(message.Mutable(field).Message(), at, depth-1)...)
		case field.IsList() || field.Kind() != protoreflect.StringKind || field.Name() == "provider":
		case field.ContainingOneof() != nil && message.WhichOneof(field.ContainingOneof()) != nil:
		default:
			message.Set(field, protoreflect.ValueOfString(at))
			if field.Name() == "customer_id" || strings.HasSuffix(at, "customer.id") {
				ids = append(ids, at)
			}
		}
	}
	return ids
}

// The stream finds each customer's id in the requests and the responses of every RPC, and takes no
// other text for one. An RPC whose messages name no customer is about none.
func TestCustomersOfEveryRPC(t *testing.T) {
	stream := open(t, &configv1.Audit{}, nil)
	about := map[string]bool{}
	protoregistry.GlobalFiles.RangeFilesByPackage("enlist.v1", func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			for j := range file.Services().Get(i).Methods().Len() {
				method := file.Services().Get(i).Methods().Get(j)
				for _, descriptor := range []protoreflect.MessageDescriptor{method.Input(), method.Output()} {
					kind, err := protoregistry.GlobalTypes.FindMessageByName(descriptor.FullName())
					if err != nil {
						t.Fatal(err)
					}
					message := kind.New()
					want := fill(message, "", 5)
					got := stream.Customers([]string{"p"}, message.Interface())
					for i := range got {
						got[i] = unhex(t, got[i])
					}
					for i := range want {
						want[i] = "p/" + want[i]
					}
					slices.Sort(got)
					slices.Sort(want)
					if !slices.Equal(got, want) {
						t.Errorf("%s: got %q, want %q", descriptor.Name(), got, want)
					}
					about[string(method.Name())] = about[string(method.Name())] || len(want) > 0
				}
			}
		}
		return true
	})
	for rpc, is := range about {
		if wants := rpc != "ListProviders" && rpc != "GetProvider"; is != wants {
			t.Errorf("%s names a customer: %t", rpc, is)
		}
	}
}

func unhex(t *testing.T, text string) string {
	t.Helper()
	var plain []byte
	if _, err := fmt.Sscanf(text, "%x", &plain); err != nil {
		t.Fatal(err)
	}
	return string(plain)
}

// A customer counts at the provider of its message, or else at that of the call.
func TestProviderOfCustomers(t *testing.T) {
	stream := open(t, &configv1.Audit{}, nil)
	long := strings.Repeat("x", 1021)
	for name, c := range map[string]struct {
		providers []string
		messages  []proto.Message
		want      string
	}{
		"create": {
			[]string{"a"}, []proto.Message{
				&enlistv1.CreateCustomerRequest{Provider: "a", Customer: &enlistv1.Customer{Id: "1"}},
				&enlistv1.CreateCustomerResponse{Customer: &enlistv1.Customer{Id: "2"}},
			}, "[a/1 a/2]",
		},
		"the same": {
			[]string{"a"}, []proto.Message{&enlistv1.GetCustomerRequest{Provider: "a", CustomerId: "1"}, &enlistv1.GetCustomerResponse{Customer: &enlistv1.Customer{Id: "1"}}}, "[a/1]",
		},
		"search": {
			[]string{"a", "b"}, []proto.Message{
				&enlistv1.ListOperationsRequest{Provider: "-", CustomerId: "1"},
				&enlistv1.ListOperationsResponse{Operations: []*enlistv1.Operation{{Provider: "c", CustomerId: "1"}, {Provider: "b", CustomerId: "2"}}},
			}, "[a/1 b/1 c/1 b/2]",
		},
		"nothing":   {[]string{"a"}, []proto.Message{&enlistv1.GetCustomerRequest{}, (*enlistv1.GetCustomerResponse)(nil)}, "[]"},
		"too long":  {[]string{"a"}, []proto.Message{&enlistv1.GetCustomerRequest{CustomerId: long}, &enlistv1.GetCustomerRequest{CustomerId: long[1:]}}, "[a/" + long[1:] + "]"},
		"no name":   {nil, []proto.Message{&enlistv1.GetCustomerRequest{CustomerId: "1"}}, "[]"},
		"candidate": {[]string{"a"}, []proto.Message{&enlistv1.GetOperationResponse{Candidates: []*enlistv1.OperationCandidate{{Customer: &enlistv1.Customer{Id: "1"}}}}}, "[a/1]"},
	} {
		found := stream.Customers(c.providers, c.messages...)
		for i := range found {
			found[i] = unhex(t, found[i])
		}
		if fmt.Sprint(found) != c.want {
			t.Errorf("%s: %.200q, want %.200s", name, found, c.want)
		}
	}
}
