package wire

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
	"google.golang.org/protobuf/types/known/structpb"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	avviov1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/avvio/v1"
	caliqv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/caliq/v1"
	opencellv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/opencell/v1"
	sellandsignv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/sellandsign/v1"
	valomniav1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/valomnia/v1"
)

// held are messages of all vendors, with every kind of field in a wire message.
var held = []proto.Message{
	&avviov1.GetAccountsAnswer{}, &avviov1.CreateAccountAnswer{}, &avviov1.GetAccountsRequest{},
	&caliqv1.CustomerCreateResults{}, &caliqv1.CustomerChangeResults{}, &caliqv1.MessageResults{},
	&opencellv1.GetCustomerAnswer{}, &opencellv1.CustomerRecord{}, &opencellv1.TokenAnswer{}, &opencellv1.CustomField{}, &opencellv1.CrmAccountHierarchy{},
	&sellandsignv1.Customer{}, &sellandsignv1.Contractor{}, &sellandsignv1.CustomerProperty{},
	&valomniav1.CustomerRecord{}, &valomniav1.CustomerForm{}, &valomniav1.ImageFile{}, &valomniav1.LoginAnswer{},
}

// agree decodes data both ways and reports whether both accept it. It compares bytes, because
// proto.Equal does not tell -0 from 0.
func agree(t *testing.T, data []byte, kind proto.Message) bool {
	t.Helper()
	got, want := proto.Clone(kind), proto.Clone(kind)
	err, wantErr := Unmarshal(data, got), viaProtojson(withoutBOM(data), want)
	if fmt.Sprint(err) != fmt.Sprint(wantErr) || err == nil && !bytes.Equal(encoded(got), encoded(want)) {
		t.Errorf("%q as %s gives\n%v, %v, and protojson\n%v, %v", data, kind.ProtoReflect().Descriptor().FullName(), got, err, want, wantErr)
	}
	return err == nil
}

func encoded(message proto.Message) []byte {
	data, _ := proto.MarshalOptions{Deterministic: true}.Marshal(message)
	return data
}

type oddity struct {
	json               string
	accepted, ordinary bool // by protojson, and to the rewriter
}

// oddities are forms of JSON that a second decoder may accept or refuse wrongly.
var oddities = map[proto.Message][]oddity{
	&opencellv1.RecordedCustomField{}: {
		// the whole
		{``, false, false},
		{` `, false, false},
		{`null`, false, false},
		{`[]`, false, false},
		{`"code"`, false, false},
		{`<html>`, false, false},
		{"\ufeff{}", true, false},
		{"\ufeff\ufeff{}", false, false},
		{" \ufeff{}", false, false},
		{`{}`, true, true},
		{" \t\r\n{ \n} ", true, true},
		{"\v{}", false, false},
		{"\u00a0{}", false, false},
		{`{}}`, false, false},
		{`{}{}`, false, false},
		{`{} x`, false, false},
		{"{}\x00", false, false},
		{`{`, false, false},
		{`{"code"`, false, false},
		{`{"code":`, false, false},
		{`{"code":"x"`, false, false},
		{`{"code":"x",`, false, false},
		{`{"code":"x",}`, false, false},
		{`{,"code":"x"}`, false, false},
		{`{"code":"x",,"other":1}`, false, false},
		{`{"code" "x"}`, false, false},
		{`{"code"::"x"}`, false, false},
		{`{code:"x"}`, false, false},
		{`{'code':'x'}`, false, false},
		{`{/**/}`, false, false},
		// names
		{`{"stringValue":"x"}`, true, true},
		{`{"string_value":"x"}`, true, true},
		{`{"StringValue":1}`, true, true},
		{`{ "code" : "x" }`, true, true},
		{`{"c\u006fde":"x"}`, true, false},
		{`{"":1}`, true, true},
		{`{"@type":1}`, true, true},
		{`{"[enlist.v1.source]":1}`, false, false},
		{`{"[no.such]":1}`, true, false},
		{`{"[":1}`, true, false},
		// twice
		{`{"code":"x","code":"x"}`, false, false},
		{`{"code":"","code":""}`, false, false},
		{`{"code":null,"code":"x"}`, false, false},
		{`{"stringValue":"x","string_value":"x"}`, false, false},
		{`{"booleanValue":null,"booleanValue":null}`, false, false},
		{`{"dateValue":1,"dateValue":2}`, false, false},
		{`{"other":1,"other":2}`, true, true},
		// texts
		{`{"code":""}`, true, true},
		{`{"code":"É€😀` + "\u2028\x7f" + `"}`, true, true},
		{`{"code":"\"\\\/\b\f\n\r\t"}`, true, false},
		{`{"code":"\u00c9\u0000"}`, true, false},
		{`{"code":"\ud83d\ude00"}`, true, false},
		{`{"code":"\ud83d"}`, false, false},
		{`{"code":"\ude00\ud83d"}`, false, false},
		{`{"code":"\x"}`, false, false},
		{`{"code":"\u12"}`, false, false},
		{"{\"code\":\"\n\"}", false, false},
		{"{\"code\":\"\x00\"}", false, false},
		{"{\"code\":\"\xff\"}", false, false},
		{"{\"code\":\"\xed\xa0\x80\"}", false, false},
		{"{\"other\":\"\xff\"}", false, false},
		{"{\"\xff\":1}", false, false},
		{`{"other":"\x"}`, false, false},
		{`{"other":"\u0041"}`, true, false},
		{"{\"other\":\"\t\"}", false, false},
		{`{"code":1}`, false, false},
		{`{"code":true}`, false, false},
		{`{"code":{}}`, false, false},
		{`{"code":["x"]}`, false, false},
		{`{"code":"x`, false, false},
		{`{"code":"x\`, false, false},
		// words
		{`{"code":null}`, true, true},
		{`{"booleanValue":true}`, true, true},
		{`{"booleanValue":false}`, true, true},
		{`{"booleanValue":null}`, true, true},
		{`{"booleanValue":"true"}`, false, false},
		{`{"booleanValue":1}`, false, false},
		{`{"booleanValue":True}`, false, false},
		{`{"booleanValue":truex}`, false, false},
		{`{"booleanValue":true1}`, false, false},
		{`{"code":nullnull}`, false, false},
		{`{"code":nul}`, false, false},
		{`{"other":nulll}`, false, false},
		{`{"other":undefined}`, false, false},
		{`{"other":NaN}`, false, false},
		// integers
		{`{"longValue":0}`, true, true},
		{`{"longValue":-0}`, true, true},
		{`{"longValue":9223372036854775807}`, true, true},
		{`{"longValue":-9223372036854775808}`, true, true},
		{`{"longValue":9223372036854775808}`, false, false},
		{`{"longValue":99999999999999999999999}`, false, false},
		{`{"longValue":1.0}`, true, false},
		{`{"longValue":1.5}`, false, false},
		{`{"longValue":1e3}`, true, false},
		{`{"longValue":1E+3}`, true, false},
		{`{"longValue":10e-1}`, true, false},
		{`{"longValue":1e}`, true, false},
		{`{"longValue":1e999999999999}`, false, false},
		{`{"longValue":"1"}`, true, false},
		{`{"longValue":"1e3"}`, true, false},
		{`{"longValue":" 1"}`, false, false},
		{`{"longValue":""}`, false, false},
		{`{"longValue":01}`, false, false},
		{`{"longValue":-01}`, false, false},
		{`{"longValue":+1}`, false, false},
		{`{"longValue":-}`, false, false},
		{`{"longValue":- 1}`, false, false},
		{`{"longValue":1 2}`, false, false},
		{`{"longValue":0x1}`, false, false},
		{`{"longValue":1_000}`, false, false},
		{`{"longValue":1,000}`, false, false},
		{`{"longValue":true}`, false, false},
		{`{"longValue":}`, false, false},
		// doubles
		{`{"doubleValue":0.1}`, true, true},
		{`{"doubleValue":-0}`, true, true},
		{`{"doubleValue":-0.0}`, true, true},
		{`{"doubleValue":123456789012345678901234567890}`, true, true},
		{`{"doubleValue":1e-400}`, true, false},
		{`{"doubleValue":1e400}`, false, false},
		{`{"doubleValue":` + strings.Repeat("9", 400) + `}`, false, false},
		{`{"doubleValue":1e3}`, true, false},
		{`{"doubleValue":1e}`, false, false},
		{`{"doubleValue":"0.1"}`, true, false},
		{`{"doubleValue":"NaN"}`, true, false},
		{`{"doubleValue":"-Infinity"}`, true, false},
		{`{"doubleValue":NaN}`, false, false},
		{`{"doubleValue":.5}`, false, false},
		{`{"doubleValue":5.}`, false, false},
		{`{"doubleValue":00.5}`, false, false},
		{`{"doubleValue":1.2.3}`, false, false},
		// numbers of undeclared members
		{`{"other":-12.50}`, true, true},
		{`{"other":1e3}`, true, false},
		{`{"other":1e}`, true, false},
		{`{"other":1e400}`, true, false},
		{`{"other":01}`, false, false},
		{`{"other":1.}`, false, false},
		{`{"other":-}`, false, false},
		{`{"other":1x}`, false, false},
		// any JSON
		{`{"dateValue":null}`, true, true},
		{`{"dateValue": "x" }`, true, true},
		{`{"dateValue":1.5}`, true, true},
		{`{"dateValue":[1,{"a":null,"[b]":true}]}`, true, true},
		{`{"dateValue":{}}`, true, true},
		{`{"dateValue":"\u0041"}`, true, false},
		{`{"dateValue":1e3}`, true, false},
		{`{"dateValue":{"a":1,"a":2}}`, false, false},
		{`{"dateValue":` + strings.Repeat("9", 400) + `}`, false, false},
		{`{"dateValue":}`, false, false},
		{`{"dateValue":[1,]}`, false, false},
		{`{"dateValue":` + strings.Repeat("[", 9990) + strings.Repeat("]", 9990) + `}`, true, false},
		{`{"dateValue":` + strings.Repeat("[", 10001) + strings.Repeat("]", 10001) + `}`, false, false},
	},
	&opencellv1.CustomerRecord{}: {
		// messages and lists
		{`{"name":{}}`, true, true},
		{`{"name":null}`, true, true},
		{`{"name":{"firstName":"x","other":{"a":[1,{"b":null}]}}}`, true, true},
		{`{"name":[]}`, false, false},
		{`{"name":"x"}`, false, false},
		{`{"name":{"firstName":1}}`, false, false},
		{`{"customFields":{"customField":[]}}`, true, true},
		{`{"customFields":{"customField":null}}`, true, true},
		{`{"customFields":{"customField":[{},{"code":"x"}]}}`, true, true},
		{`{"customFields":{"customField":[null]}}`, false, false},
		{`{"customFields":{"customField":[{},]}}`, false, false},
		{`{"customFields":{"customField":[,{}]}}`, false, false},
		{`{"customFields":{"customField":[{} {}]}}`, false, false},
		{`{"customFields":{"customField":[{}}}`, false, false},
		{`{"customFields":{"customField":[{}`, false, false},
		{`{"customFields":{"customField":{}}}`, false, false},
		{`{"other":[1,"x",true,false,null,{},[]]}`, true, true},
		{`{"other":[` + strings.Repeat("[1],", 200) + `1]}`, true, true},
		{`{"other":[1,]}`, false, false},
		{`{"other":[1 2]}`, false, false},
		{`{"other":[}`, false, false},
		{`{"other":{]}`, false, false},
		{`{"other":{"a"}}`, false, false},
		{`{"other":{"a":1,}}`, false, false},
		{`{"other":{"a":1,"a":2}}`, true, true},
		{`{"other":` + strings.Repeat("[", 99) + strings.Repeat("]", 99) + `}`, true, true},
		{`{"other":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`, true, false},
		{`{"other":` + strings.Repeat("[", 9999) + strings.Repeat("]", 9999) + `}`, true, false},
		{`{"other":` + strings.Repeat("[", 10001) + strings.Repeat("]", 10001) + `}`, false, false},
		{`{"other":` + strings.Repeat(`{"a":`, 10001) + "1" + strings.Repeat("}", 10001) + `}`, false, false},
		{`{"name":{},"name":{}}`, false, false},
		{`{"customFields":{"customField":[],"customField":[]}}`, false, false},
	},
	&valomniav1.CustomerForm{}: {
		{`{"dueDateConfigNumber":2147483647}`, true, true},
		{`{"dueDateConfigNumber":-2147483648}`, true, true},
		{`{"dueDateConfigNumber":2147483648}`, false, false},
		{`{"dueDateConfigNumber":"7"}`, true, false},
		{`{"dueDateConfigNumber":7.0}`, true, false},
	},
}

func TestOddities(t *testing.T) {
	for kind, forms := range oddities {
		for _, form := range forms {
			if _, ordinary := rewrite([]byte(form.json), kind.ProtoReflect().Descriptor()); ordinary != form.ordinary {
				t.Errorf("%.100q is ordinary: %t", form.json, ordinary)
			}
			if accepted := agree(t, []byte(form.json), kind); accepted != form.accepted {
				t.Errorf("%.100q is accepted: %t", form.json, accepted)
			}
		}
	}
}

// answers are typical responses of vendors.
func answers(tb testing.TB) map[proto.Message][]byte {
	tb.Helper()
	all := map[proto.Message][]byte{&opencellv1.GetCustomerAnswer{}: heldCustomer}
	for vendor, kind := range map[string]proto.Message{
		"avvio": &avviov1.CreateAccountAnswer{}, "caliq": &caliqv1.CustomerCreateResults{},
		"sellandsign": &sellandsignv1.Customer{}, "valomnia": &valomniav1.CustomerRecord{},
	} {
		answer, err := os.ReadFile("../" + vendor + "/testdata/create_answer.json")
		if err != nil {
			tb.Fatal(err)
		}
		all[kind] = answer
	}
	return all
}

// The responses of vendors are ordinary. Otherwise the rewriter would have no use.
func TestAnswersAreOrdinary(t *testing.T) {
	for kind, answer := range answers(t) {
		name := kind.ProtoReflect().Descriptor().FullName()
		if _, ordinary := rewrite(answer, kind.ProtoReflect().Descriptor()); !ordinary {
			t.Errorf("%s is not ordinary: %s", name, answer)
		}
		if !agree(t, answer, kind) {
			t.Errorf("%s is refused: %s", name, answer)
		}
	}
}

// The rewriter leaves what no wire message has, and large data, to protojson.
func TestNotOrdinary(t *testing.T) {
	for _, one := range []struct {
		json string
		kind proto.Message
	}{
		{`{"properties":{"a":"b"}}`, &enlistv1.Customer{}}, // a map
		{`{"code":"a","stringValue":"b"}`, &enlistv1.OpencellCustomField{}},
		{`{"code":"a","stringValue":"b","longValue":"1"}`, &enlistv1.OpencellCustomField{}}, // two of a oneof
		{`{"a":1}`, &structpb.Struct{}},
		{`{"vendorRecord":{"a":1}}`, &enlistv1.GetCustomerResponse{}},
		{`{"f65":1}`, manyFields(t)},
		{`{"f65":1,"f65":2}`, manyFields(t)},
		{`{"code":"` + strings.Repeat("a", mostRewritten) + `"}`, &opencellv1.CustomerRecord{}},
	} {
		agree(t, []byte(one.json), one.kind)
		if _, ok := rewrite([]byte(one.json), one.kind.ProtoReflect().Descriptor()); ok {
			t.Errorf("%.60s is rewritten as %s", one.json, one.kind.ProtoReflect().Descriptor().FullName())
		}
	}
}

// manyFields is a message with 65 fields, f1 to f65.
func manyFields(t *testing.T) proto.Message {
	t.Helper()
	message := &descriptorpb.DescriptorProto{Name: proto.String("Many")}
	for i := range int32(65) {
		message.Field = append(message.Field, &descriptorpb.FieldDescriptorProto{
			Name: proto.String(fmt.Sprint("f", i+1)), Number: proto.Int32(i + 1), Type: descriptorpb.FieldDescriptorProto_TYPE_INT32.Enum(),
		})
	}
	file, err := protodesc.NewFile(&descriptorpb.FileDescriptorProto{
		Name: proto.String("many.proto"), Syntax: proto.String("proto3"), MessageType: []*descriptorpb.DescriptorProto{message},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return dynamicpb.NewMessage(file.Messages().Get(0))
}

// Unmarshal reads any response as protojson does, and refuses it with the same words.
func FuzzUnmarshal(f *testing.F) {
	for _, answer := range answers(f) {
		f.Add(answer)
	}
	for _, forms := range oddities {
		for _, form := range forms {
			if len(form.json) < 1000 { // a longer one only slows down the fuzzer
				f.Add([]byte(form.json))
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, kind := range held {
			agree(t, data, kind)
		}
	})
}
