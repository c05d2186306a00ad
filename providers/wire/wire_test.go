package wire

import (
	"encoding/json"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"

	opencellv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/opencell/v1"
)

func TestJSON(t *testing.T) {
	message := &opencellv1.CrmAccountHierarchy{
		Code: "A\"<&>\u2028é", IsCompany: proto.Bool(false),
		MethodOfPayment: []*opencellv1.PaymentMethod{{PaymentMethodType: "CARD", TokenId: "tok"}, {}},
		CustomFields: &opencellv1.CustomFields{CustomField: []*opencellv1.CustomField{
			{Code: "l", LongValue: proto.Int64(9007199254740993)},
			{Code: "d", DoubleValue: proto.Float64(0.1)},
			{Code: "s", StringValue: proto.String("")},
			{Code: "v", Value: []*opencellv1.CustomFieldValue{{Value: structpb.NewStringValue("<a>")}, {Value: structpb.NewNumberValue(7)}, {Value: structpb.NewBoolValue(true)}, {}}},
			{Code: "m", MapValue: map[string]*opencellv1.MapValue{"b": {Value: structpb.NewNumberValue(1.5)}, "a\"": {Value: structpb.NewNullValue()}}},
		}},
	}
	const want = `{"code":"A\"<&>\u2028é","isCompany":false,"methodOfPayment":[{"paymentMethodType":"CARD","tokenId":"tok"},{}],` +
		`"customFields":{"customField":[{"code":"l","longValue":9007199254740993},{"code":"d","doubleValue":0.1},{"code":"s","stringValue":""},` +
		`{"code":"v","value":[{"value":"<a>"},{"value":7},{"value":true},{}]},{"code":"m","mapValue":{"a\"":{"value":null},"b":{"value":1.5}}}]}}`
	if got := string(JSON(message)); got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
	if _, redacted := Body(message); redacted == nil || string(redacted(Placeholder)) != strings.Replace(want, `"tok"`, `"$TOKEN_ID"`, 1) {
		t.Error("the token shows")
	}
	if _, redacted := Body(&opencellv1.CrmAccountHierarchy{Code: "A", MethodOfPayment: message.GetMethodOfPayment()[1:]}); redacted != nil {
		t.Error("without a secret there is something to redact")
	}
	back := &opencellv1.CrmAccountHierarchy{}
	if err := Unmarshal(JSON(message), back); err != nil || !proto.Equal(back, message) {
		t.Errorf("back: %v, %v", back, err)
	}
}

func TestForm(t *testing.T) {
	message := &opencellv1.TokenAnswer{AccessToken: "s3cret", ExpiresIn: 300, Error: "a b"}
	if got := Form(message, false).Encode(); got != "access_token=s3cret&error=a+b&expires_in=300" {
		t.Errorf("got %s", got)
	}
	if got := Form(message, true).Encode(); got != "access_token=s3cret&error=a+b&error_description=&expires_in=300" {
		t.Errorf("got %s", got)
	}
}

func TestRecord(t *testing.T) {
	record := Record([]byte(`{"a":{"password":"x","b":[{"password":{"c":1}},2]},"password":null,"n":5}`), "password")
	got, _ := json.Marshal(record.AsMap())
	if want := `{"a":{"b":[{"password":"$REDACTED"},2],"password":"$REDACTED"},"n":5,"password":"$REDACTED"}`; string(got) != want {
		t.Errorf("got %s", got)
	}
	for _, text := range []string{"", "[]", "5", "<html>", `{"a":`} {
		if Record([]byte(text)) != nil {
			t.Errorf("%q gives a record", text)
		}
	}
}

// The encoder always writes JSON that decodes to the same message.
func FuzzJSON(f *testing.F) {
	f.Add("code", "text", int64(1), 1.5, true)
	f.Add("\x00\u2028", "\"\\</script>", int64(-1<<63), -1e300, false)
	f.Fuzz(func(t *testing.T, code, text string, long int64, double float64, flag bool) {
		message := &opencellv1.CustomField{
			Code: strings.ToValidUTF8(code, ""), StringValue: proto.String(strings.ToValidUTF8(text, "")),
			LongValue: &long, DoubleValue: &double, BooleanValue: &flag,
		}
		back := &opencellv1.CustomField{}
		if err := Unmarshal(JSON(message), back); err != nil || !proto.Equal(message, back) && double == double {
			t.Errorf("%v gives %s, which gives %v, %v", message, JSON(message), back, err)
		}
	})
}

// With any response, there is a record or none, and never a crash.
func FuzzRecord(f *testing.F) {
	f.Add([]byte(`{"a":[{"password":1}]}`))
	f.Add([]byte(strings.Repeat(`{"a":[`, 5000)))
	f.Fuzz(func(t *testing.T, data []byte) {
		record := Record(data, "password")
		if (record == nil) == json.Valid(data) && len(data) > 0 && strings.TrimSpace(string(data))[:1] == "{" && record != nil {
			t.Errorf("a record of what is not JSON: %q", data)
		}
	})
}
