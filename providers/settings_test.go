package providers

import (
	"slices"
	"testing"

	"google.golang.org/protobuf/proto"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	caliqv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/caliq/v1"
)

// The response names what a setting adds. It does not name what the request sets, or what Enlist
// adds without a setting.
func TestDefaulted(t *testing.T) {
	connection := &configv1.Caliq{ChannelId: 2, Defaults: &enlistv1.CaliqOptions{AllowInvoices: proto.Bool(false)}}
	table := NewFieldTable((&caliqv1.CustomerCreateParams{}).ProtoReflect().Descriptor()).WithSettings(connection)
	for name, c := range map[string]struct {
		defaults, options *enlistv1.CaliqOptions
		channel           int32
		want              []string
	}{
		"none set":    {connection.Defaults, nil, 2, []string{"caliq.allow_invoices AllowInvoices defaults.allow_invoices", "caliq.channel_id ChannelID channel_id"}},
		"channel set": {connection.Defaults, &enlistv1.CaliqOptions{ChannelId: proto.Int32(3)}, 3, []string{"caliq.allow_invoices AllowInvoices defaults.allow_invoices"}},
		"as the setting": {
			connection.Defaults, &enlistv1.CaliqOptions{ChannelId: proto.Int32(2), AllowInvoices: proto.Bool(false)}, 2, nil,
		},
		"two settings": {&enlistv1.CaliqOptions{ChannelId: proto.Int32(4)}, nil, 4, []string{"caliq.channel_id ChannelID defaults.channel_id"}},
	} {
		t.Run(name, func(t *testing.T) {
			table.WithSettings(&configv1.Caliq{ChannelId: 2, Defaults: c.defaults})
			request := &enlistv1.CreateCustomerRequest{UnsupportedFields: enlistv1.UnsupportedFields_UNSUPPORTED_FIELDS_DROP}
			if c.options != nil {
				request.VendorOptions = &enlistv1.CreateCustomerRequest_Caliq{Caliq: c.options}
			}
			fates, err := table.Reconcile("caliq", request, &caliqv1.CustomerCreateParams{
				AccountNo: proto.String("1"), Line1: "1", Country: "FRA", Firstname: "A", Surname: "B", Email: "e", Currency: "EUR",
				ChannelId: c.channel, AllowDeliveries: proto.Bool(true), AllowInvoices: proto.Bool(false),
			})
			if err != nil {
				t.Fatal(err)
			}
			var named []string
			for _, fate := range fates {
				if fate.GetFate() == enlistv1.Fate_FATE_DEFAULTED {
					named = append(named, fate.GetPath()+" "+fate.GetWireField()+" "+fate.GetNote()[len("from the provider's setting "):])
				}
			}
			if !slices.Equal(named, c.want) {
				t.Errorf("named %q, want %q", named, c.want)
			}
		})
	}
}
