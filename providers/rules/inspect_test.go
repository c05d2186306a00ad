package rules

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

const (
	noControls = "must not contain control characters (U+%04X)"
	noneButTab = "must not contain control characters other than line breaks and tabs (U+%04X)"
)

func TestText(t *testing.T) {
	for name, c := range map[string]struct {
		message proto.Message
		want    []Violation
	}{
		"all that is allowed": {&enlistv1.Customer{
			DisplayName: "J\u00f6rg \u00a0\u202e\U0001f600 ~", Comment: "one\r\n\ttwo", Properties: map[string]string{"k\u00e9": "v "},
		}, nil},
		"a name":                  {&enlistv1.Customer{Name: &enlistv1.PersonName{GivenName: "J\x00"}}, []Violation{{"name.given_name", fmt.Sprintf(noControls, 0), false}}},
		"a line break in a name":  {&enlistv1.Customer{DisplayName: "a\nb"}, []Violation{{"display_name", fmt.Sprintf(noControls, 0x0a), false}}},
		"the first of many":       {&enlistv1.Customer{DisplayName: "a\x1b\x00\n"}, []Violation{{"display_name", fmt.Sprintf(noControls, 0x1b), false}}},
		"several lines, with NUL": {&enlistv1.Customer{Comment: "a\nb\x00"}, []Violation{{"comment", fmt.Sprintf(noneButTab, 0), false}}},
		"several lines, with C1":  {&enlistv1.Customer{Comment: "a\nb\u0085"}, []Violation{{"comment", fmt.Sprintf(noneButTab, 0x85), false}}},
		"several lines, with VT":  {&enlistv1.Customer{Comment: "a\vb"}, []Violation{{"comment", fmt.Sprintf(noneButTab, 0x0b), false}}},
		"a list": {&enlistv1.Customer{BillingAddress: &enlistv1.Address{Lines: []string{"a", "b\u009f", "c\x7f"}}}, []Violation{
			{"billing_address.lines[1]", fmt.Sprintf(noControls, 0x9f), false},
			{"billing_address.lines[2]", fmt.Sprintf(noControls, 0x7f), false},
		}},
		"a list of messages": {&configv1.Config{Providers: []*configv1.Provider{{}, {Name: "\t"}}}, []Violation{{"providers[1].name", fmt.Sprintf(noControls, 0x09), false}}},
		"a map": {&enlistv1.Customer{Properties: map[string]string{"b": "\x01", "a\n": "x", "c\u0085\"": "\x02", "fine": "x"}}, []Violation{
			{`properties["a\n"]`, fmt.Sprintf(noControls, 0x0a), false},
			{`properties["b"]`, fmt.Sprintf(noControls, 0x01), false},
			{`properties["c\u0085\""]`, fmt.Sprintf(noControls, 0x85), false},
		}},
		"a map of messages": {&structpb.Struct{Fields: map[string]*structpb.Value{"k": structpb.NewStringValue("\x00")}}, []Violation{
			{`fields["k"].string_value`, fmt.Sprintf(noControls, 0), false},
		}},
		"bytes are exempt":           {&enlistv1.ValomniaImage{Content: []byte{0}}, nil},
		"a secret":                   {&enlistv1.AvvioOptions{Password: "a\x00b"}, []Violation{{"password", fmt.Sprintf(noControls, 0), false}}},
		"no UTF-8":                   {&enlistv1.ListProvidersRequest{PageToken: "a\xff"}, []Violation{{"page_token", "must be valid UTF-8", false}}},
		"no UTF-8, in several lines": {&enlistv1.Customer{Comment: "a\n\xc2"}, []Violation{{"comment", "must be valid UTF-8", false}}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Inspect(c.message).Text; !slices.Equal(got, c.want) {
				t.Errorf("got\n%+v, want\n%+v", got, c.want)
			}
		})
	}
}

// The comparison of bytes covers exactly category Cc.
func TestControlCharacters(t *testing.T) {
	for r := range rune(unicode.MaxRune + 1) {
		if 0xd800 <= r && r <= 0xdfff {
			continue // not characters
		}
		text := "é" + string(r) + "é"
		if found, _ := controlCharacter(text, false); (found == r) != unicode.IsControl(r) || found >= 0 && found != r {
			t.Errorf("%U: found %U", r, found)
		}
		if found, _ := controlCharacter(text, true); (found == r) != (unicode.IsControl(r) && !strings.ContainsRune("\n\r\t", r)) {
			t.Errorf("%U of several lines: found %U", r, found)
		}
	}
}

func TestInspectOthers(t *testing.T) {
	message := &enlistv1.Address{Latitude: proto.Float64(math.NaN())}
	message.ProtoReflect().SetUnknown(protowire.AppendVarint(protowire.AppendTag(nil, 900, protowire.VarintType), 1))
	got := Inspect(&enlistv1.Customer{BillingAddress: message})
	if len(got.Unknown) != 1 || got.Unknown[0].Path != "billing_address.900" ||
		len(got.Impossible) != 1 || got.Impossible[0].Path != "billing_address.latitude" || len(got.Text) != 0 {
		t.Errorf("got %+v", got)
	}
}
