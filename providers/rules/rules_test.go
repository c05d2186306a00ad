package rules

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

func TestPathsAndWords(t *testing.T) {
	for name, c := range map[string]struct {
		message proto.Message
		want    []Violation
	}{
		"a valid one": {&enlistv1.GetCustomerRequest{Provider: "opencell", CustomerId: "X"}, nil},
		"a list's element, and a map's key and value": {&enlistv1.Customer{
			BillingAddress: &enlistv1.Address{Lines: []string{"a", "", strings.Repeat("x", 256)}},
			Properties:     map[string]string{"": "", "k": strings.Repeat("x", 4001)},
		}, []Violation{
			{"billing_address.lines[1]", "must be set", true},
			{"billing_address.lines[2]", "must have a length of between 1 and 255 characters", false},
			{`properties[""]`, "must be set", true},
			{`properties["k"]`, "must have a length of at most 4000 characters", false},
		}},
		"a map with too many": {&enlistv1.Customer{Properties: many(101)}, []Violation{
			{"properties", "must contain no more than 100 pair(s)", false},
		}},
		"one sentence where two rules of a field say the same": {&enlistv1.Customer{Email: strings.Repeat("x y", 100)}, []Violation{
			{"email", "must be one bare email address of at most 254 characters, for example qa@example.com", false},
		}},
		"a required message": {&enlistv1.CreateCustomerRequest{Provider: "a"}, []Violation{{"customer", `must be set: it is the customer to create, for example {"name": {"family_name": "Smith"}}`, true}}},
		"a oneof":            {&configv1.Provider{Name: "a"}, []Violation{{"vendor", "must have exactly one of avvio, caliq, opencell, sell_and_sign, valomnia", true}}},
		"numbers": {&enlistv1.ListContractorsRequest{Provider: "a", CustomerId: "b", PageSize: -1}, []Violation{
			{"page_size", "must be greater than or equal to 0", false},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			got := Check(c.message)
			if !slices.Equal(got, c.want) {
				t.Errorf("got\n%+v, want\n%+v", got, c.want)
			}
		})
	}
}

func many(count int) map[string]string {
	entries := map[string]string{}
	for i := range count {
		entries[strconv.Itoa(i)] = "x"
	}
	return entries
}

// The generated errors have Go names of fields. They identify the proto names only as long as no
// two fields of a message have similar names.
func TestGoNamesAreUnambiguous(t *testing.T) {
	messages := 0
	protoregistry.GlobalTypes.RangeMessages(func(kind protoreflect.MessageType) bool {
		message := kind.Descriptor()
		if !strings.HasPrefix(string(message.FullName()), "enlist.") {
			return true
		}
		messages++
		seen := map[string]protoreflect.Name{}
		for i := range message.Fields().Len() {
			name := message.Fields().Get(i).Name()
			key := strings.ToLower(strings.ReplaceAll(string(name), "_", ""))
			if other, twice := seen[key]; twice {
				t.Errorf("%s: %s and %s", message.FullName(), name, other)
			}
			seen[key] = name
		}
		return true
	})
	if messages < 30 {
		t.Errorf("only %d messages", messages)
	}
}
