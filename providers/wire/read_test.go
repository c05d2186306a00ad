package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	avviov1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/avvio/v1"
	caliqv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/caliq/v1"
	opencellv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/opencell/v1"
	sellandsignv1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/sellandsign/v1"
	valomniav1 "github.com/enlist-dev/enlist/gen/go/enlist/vendors/valomnia/v1"
)

// readable are responses that Read accepts. want is the message as JSON. odd has the paths of odd
// members, with a plus sign after those of converted values.
var readable = map[proto.Message][]struct{ json, want, odd string }{
	&opencellv1.RecordedCustomField{}: {
		// as Unmarshal
		{`{}`, `{}`, ``},
		{`{"code":"x","longValue":1}`, `{"code":"x","longValue":1}`, ``},
		{"\ufeff {\"code\":\"x\"}\r\n", `{"code":"x"}`, ``},
		{"\ufeff {\"code\":1}\r\n", `{"code":"1"}`, `code+`},
		// beside an odd member, Read reads the others as Unmarshal does
		{`{"other":"\ud800","code":"x"}`, `{"code":"x"}`, ``},
		{"{\"\xff\":1,\"other\":[\"\xff\"],\"code\":\"x\"}", `{"code":"x"}`, ``},
		{`{"[enlist.v1.source]":1,"code":"x"}`, `{"code":"x"}`, ``},
		{`{"other":1,"other":{"a":1,"a":2},"code":1}`, `{"code":"1"}`, `code+`},
		{`{"code":1,"string_value":"x"}`, `{"code":"1","stringValue":"x"}`, `code+`},
		{`{"code":1,"stringValue":null,"dateValue":null}`, `{"code":"1","dateValue":null}`, `code+`},
		{`{"code":1,"longValue":"101"}`, `{"code":"1","longValue":101}`, `code+`},
		{`{"code":1,"longValue":"101.0"}`, `{"code":"1","longValue":101}`, `code+`},
		{`{"code":1,"longValue":101.0}`, `{"code":"1","longValue":101}`, `code+`},
		{`{"code":1,"longValue":0,"booleanValue":false}`, `{"code":"1","longValue":0,"booleanValue":false}`, `code+`},
		{`{"code":1,"doubleValue":"1.5"}`, `{"code":"1","doubleValue":1.5}`, `code+`},
		{`{"code":1,"stringValue":"\u00c9\ud83d\ude00\/"}`, `{"code":"1","stringValue":"É😀/"}`, `code+`},
		// texts
		{`{"code":75001}`, `{"code":"75001"}`, `code+`},
		{`{"code":-1.50e+3}`, `{"code":"-1.50e+3"}`, `code+`},
		{`{"code":1e999}`, `{"code":"1e999"}`, `code+`},
		{`{"code":true}`, `{"code":"true"}`, `code+`},
		{`{"code":false,"stringValue":0}`, `{"code":"false","stringValue":"0"}`, `code+ stringValue+`},
		{`{"code":{"a":"x"},"stringValue":"y"}`, `{"stringValue":"y"}`, `code`},
		{`{"code":["x"]}`, `{}`, `code`},
		{"{\"code\":\"caf\xe9\",\"stringValue\":\"y\"}", `{"stringValue":"y"}`, `code`},
		{"{\"code\":\"\xed\xa0\x80\"}", `{}`, `code`},
		{`{"code":"\ud83d"}`, `{}`, `code`},
		{`{"code":1,"stringValue":"\ufffd"}`, `{"code":"1","stringValue":"` + "\ufffd" + `"}`, `code+`},
		// booleans
		{`{"booleanValue":"true"}`, `{"booleanValue":true}`, `booleanValue+`},
		{`{"booleanValue":"false"}`, `{"booleanValue":false}`, `booleanValue+`},
		{`{"booleanValue":1}`, `{"booleanValue":true}`, `booleanValue+`},
		{`{"booleanValue":0}`, `{"booleanValue":false}`, `booleanValue+`},
		{`{"booleanValue":"1"}`, `{"booleanValue":true}`, `booleanValue+`},
		{`{"booleanValue":"0"}`, `{"booleanValue":false}`, `booleanValue+`},
		{`{"booleanValue":2}`, `{}`, `booleanValue`},
		{`{"booleanValue":"yes"}`, `{}`, `booleanValue`},
		{`{"booleanValue":""}`, `{}`, `booleanValue`},
		{`{"booleanValue":[]}`, `{}`, `booleanValue`},
		// numbers
		{`{"longValue":1.5}`, `{}`, `longValue`},
		{`{"longValue":9223372036854775808}`, `{}`, `longValue`},
		{`{"longValue":""}`, `{}`, `longValue`},
		{`{"longValue":"12a"}`, `{}`, `longValue`},
		{`{"longValue":"007"}`, `{}`, `longValue`},
		{`{"longValue":true}`, `{}`, `longValue`},
		{`{"longValue":{}}`, `{}`, `longValue`},
		{`{"doubleValue":1e400}`, `{}`, `doubleValue`},
		{`{"doubleValue":"1,5"}`, `{}`, `doubleValue`},
		{`{"doubleValue":false}`, `{}`, `doubleValue`},
		// any JSON
		{`{"code":1,"dateValue":5}`, `{"code":"1","dateValue":5}`, `code+`},
		{`{"code":1,"dateValue":{"a":[]}}`, `{"code":"1","dateValue":{"a":[]}}`, `code+`},
		{`{"dateValue":{"a":1,"a":2},"code":"x"}`, `{"code":"x"}`, `dateValue`},
		{`{"dateValue":[1e400]}`, `{}`, `dateValue`},
		{"{\"dateValue\":\"\xff\"}", `{}`, `dateValue`},
		// twice
		{`{"code":"x","code":"x","stringValue":"y"}`, `{"stringValue":"y"}`, `code`},
		{`{"code":"x","code":null}`, `{}`, `code`},
		{`{"code":null,"code":"x"}`, `{}`, `code`},
		{`{"code":"x","code":"x","code":"x"}`, `{}`, `code`},
		{`{"code":1,"stringValue":2,"code":"x"}`, `{"stringValue":"2"}`, `stringValue+ code`},
		{`{"stringValue":"x","string_value":"y"}`, `{}`, `stringValue`},
		{`{"c\u006fde":"x","code":"x"}`, `{}`, `code`},
		{`{"dateValue":1,"dateValue":2}`, `{}`, `dateValue`},
		{`{"booleanValue":true,"booleanValue":true}`, `{}`, `booleanValue`},
	},
	&opencellv1.CustomerRecord{}: {
		{`{"name":[],"code":"x"}`, `{"code":"x"}`, `name`},
		{`{"name":"John","code":"x"}`, `{"code":"x"}`, `name`},
		{`{"name":null,"code":1}`, `{"code":"1"}`, `code+`},
		{`{"name":{},"code":1}`, `{"code":"1","name":{}}`, `code+`},
		{`{"name":{"firstName":{},"lastName":"x"},"code":"x"}`, `{"code":"x","name":{"lastName":"x"}}`, `name.firstName`},
		{`{"name":{"firstName":{}},"code":"x","name":{"firstName":"y"}}`, `{"code":"x"}`, `name`},
		{`{"name":{"firstName":"x","firstName":"y","lastName":"z"}}`, `{"name":{"lastName":"z"}}`, `name.firstName`},
		{`{"customFields":{"customField":null},"code":1}`, `{"code":"1","customFields":{}}`, `code+`},
		{`{"customFields":{"customField":{"code":"a"}},"code":"x"}`, `{"code":"x","customFields":{}}`, `customFields.customField`},
		{
			`{"customFields":{"customField":[{"code":"a"},null,{"code":{}},"b",7,[{}],{"code":8},{}]}}`,
			`{"customFields":{"customField":[{"code":"a"},{},{"code":"8"},{}]}}`,
			`customFields.customField[1] customFields.customField[2].code customFields.customField[3] ` +
				`customFields.customField[4] customFields.customField[5] customFields.customField[6].code+`,
		},
		{`{"customFields":{"customField":[{"code":1}],"customField":[]},"code":"x"}`, `{"code":"x","customFields":{}}`, `customFields.customField`},
		{`{"other":` + strings.Repeat("[", 9999) + strings.Repeat("]", 9999) + `,"code":1}`, `{"code":"1"}`, `code+`},
	},
	&avviov1.GetAccountsRequest{}: { // with a list of scalars
		{`{"siteIDList":[1,"2",3.0,null,"x",1.5,[],4]}`, `{"siteIDList":[1,2,3,4]}`, `siteIDList[3] siteIDList[4] siteIDList[5] siteIDList[6]`},
		{`{"siteIDList":7}`, `{}`, `siteIDList`},
		{`{"siteIDList":[0,null]}`, `{"siteIDList":[0]}`, `siteIDList[1]`},
	},
	&enlistv1.Address{}: { // with a list of texts, which no wire message has
		{`{"lines":["a",null,1,{},"\ud800","b"]}`, `{"lines":["a","1","b"]}`, `lines[1] lines[2]+ lines[3] lines[4]`},
	},
	&valomniav1.CustomerForm{}: {
		{`{"dueDateConfigNumber":2147483648,"name":"x"}`, `{"name":"x"}`, `dueDateConfigNumber`},
	},
	&valomniav1.CustomerRecord{}: {
		{`{"id":7,"currency":{"code":"EUR"}}`, `{"id":7}`, `currency`},
	},
	&sellandsignv1.Customer{}: {
		{`{"number":"n","postalCode":75001}`, `{"number":"n","postalCode":"75001"}`, `postalCode+`},
	},
	&caliqv1.CustomerChangeResults{}: {
		{
			`{"CustomerChangeList":[{"ID":1,"AccountNo":"a"},{"ID":"x","AccountNo":5},{}]}`,
			`{"CustomerChangeList":[{"ID":1,"AccountNo":"a"},{"AccountNo":"5"},{}]}`,
			`CustomerChangeList[1].ID CustomerChangeList[1].AccountNo+`,
		},
	},
	&enlistv1.Customer{}: { // with a map, which no wire message has
		{`{"id":1,"properties":{"a":"b"}}`, `{"id":"1","properties":{"a":"b"}}`, `id+`},
		{`{"id":1,"properties":{}}`, `{"id":"1"}`, `id+`},
		{`{"id":"x","properties":{"a":1}}`, `{"id":"x"}`, `properties`},
	},
}

func TestRead(t *testing.T) {
	for kind, cases := range readable {
		for _, c := range cases {
			got, want := proto.Clone(kind), proto.Clone(kind)
			if err := viaProtojson([]byte(c.want), want); err != nil {
				t.Fatalf("%s: %v", c.want, err)
			}
			odd, err := Read([]byte(c.json), got)
			if err != nil || !bytes.Equal(encoded(got), encoded(want)) || paths(odd) != c.odd || (odd == nil) != (c.odd == "") {
				t.Errorf("%.200q gives %v, %v, %s, want %s, %s", c.json, got, err, paths(odd), c.want, c.odd)
			}
			for _, one := range odd {
				name := one.Path[strings.LastIndex(one.Path, ".")+1:]
				if name, _, _ = strings.Cut(name, "["); one.Field == nil || one.Field.JSONName() != name {
					t.Errorf("%s has the field %v", one.Path, one.Field)
				}
			}
		}
	}
}

// paths returns odd members in the form of readable.
func paths(odd []Odd) string {
	all := make([]string, len(odd))
	for i, one := range odd {
		all[i] = one.Path
		if one.Converted {
			all[i] += "+"
		}
	}
	return strings.Join(all, " ")
}

func TestReadRefuses(t *testing.T) {
	for _, data := range []string{
		``, ` `, "\ufeff", "\ufeff\ufeff{}", " \ufeff{}", `null`, `[]`, `[{}]`, `"{}"`, `7`, `true`, `<html>`, `OK`,
		`{`, `{"code"`, `{"code":`, `{"code":7`, `{"code":7,`, `{"code":7,}`, `{"code":7}}`, `{"code":7}{}`, `{"code":7} x`, `{"code":7},`,
		`{"code":07}`, `{"code":7,"other":1e}`, `{"code":7 "other":1}`, `{code:7}`, `{"code":"\x"}`, "{\"code\":\"\n\"}", `{"code":7,"other":}`,
		`{"code":7,"other":` + strings.Repeat("[", 10000) + strings.Repeat("]", 10000) + `}`,
		`{"code":7,"other":` + strings.Repeat(`{"a":`, 10000) + "1" + strings.Repeat("}", 10000) + `}`,
	} {
		message := &opencellv1.CustomerRecord{Description: "before"}
		if odd, err := Read([]byte(data), message); err == nil || odd != nil || proto.Size(message) > 0 {
			t.Errorf("%.100q gives %v, %s, %v", data, message, paths(odd), err)
		}
	}
}

// Read replaces the content of a message, as Unmarshal does.
func TestReadReplaces(t *testing.T) {
	message := &opencellv1.CustomerRecord{Description: "before"}
	if _, err := Read([]byte(`{"code":7}`), message); err != nil || message.GetDescription() != "" || message.GetCode() != "7" {
		t.Errorf("got %v, %v", message, err)
	}
}

func TestReadListsSomeOdd(t *testing.T) {
	data := `{"customFields":{"customField":[` + strings.Repeat(`null,`, 2*MaxOdd) + `{"code":"x"}]}}`
	message := &opencellv1.CustomerRecord{}
	odd, err := Read([]byte(data), message)
	if err != nil || len(odd) != MaxOdd || len(message.GetCustomFields().GetCustomField()) != 1 {
		t.Errorf("got %v, %d odd, %v", message, len(odd), err)
	}
}

// Every reader ignores a byte order mark.
func TestByteOrderMark(t *testing.T) {
	data := []byte("\ufeff {\"code\":\"x\",\"list\":[]}")
	message := &opencellv1.CustomerRecord{}
	if err := Unmarshal(data, message); err != nil || message.GetCode() != "x" {
		t.Errorf("Unmarshal: %v, %v", message, err)
	}
	if got := Record(data).GetFields()["code"].GetStringValue(); got != "x" {
		t.Errorf("Record: %q", got)
	}
	if !HasList(data, "list") || HasList(data, "code") {
		t.Error("HasList sees another list")
	}
}

// With any response, Read accepts what Unmarshal accepts, lists what is odd, and returns messages
// that can be stored.
func FuzzRead(f *testing.F) {
	for _, response := range answers(f) {
		f.Add(response)
	}
	for _, cases := range readable {
		for _, c := range cases {
			if len(c.json) < 1000 { // a longer one only slows down the fuzzer
				f.Add([]byte(c.json))
			}
		}
	}
	for _, forms := range oddities {
		for _, form := range forms {
			if len(form.json) < 1000 {
				f.Add([]byte(form.json))
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, kind := range held {
			checkRead(t, data, kind)
		}
	})
}

func checkRead(t *testing.T, data []byte, kind proto.Message) {
	t.Helper()
	got, want, name := proto.Clone(kind), proto.Clone(kind), kind.ProtoReflect().Descriptor().FullName()
	odd, err := Read(data, got)
	wantErr := Unmarshal(data, want)
	plain := withoutBOM(data)
	isObject := json.Valid(plain) && bytes.TrimLeft(plain, jsonSpace)[0] == '{'
	switch {
	case wantErr == nil && (err != nil || odd != nil || !bytes.Equal(encoded(got), encoded(want))):
		t.Errorf("%q as %s gives %v, %s, %v, and Unmarshal %v", data, name, got, paths(odd), err, want)
	case wantErr == nil:
	case (err == nil) != isObject:
		t.Errorf("%q as %s gives %v", data, name, err)
	case err == nil && odd == nil: // only undeclared members differ
		declared := []byte(onlyDeclared(t, data, kind.ProtoReflect().Descriptor()))
		if err := Unmarshal(declared, want); err != nil || !bytes.Equal(encoded(got), encoded(want)) {
			t.Errorf("%q as %s gives %v, and Unmarshal of %s %v, %v", data, name, got, declared, want, err)
		}
	}
	kept, err := proto.Marshal(got)
	if err != nil || proto.Unmarshal(kept, want) != nil {
		t.Errorf("%q as %s cannot be kept: %v", data, name, err)
	}
	for _, one := range odd {
		if !strings.Contains(fmt.Sprint(one.Field.ContainingMessage().FullName()), "enlist.vendors") {
			t.Errorf("%s has the field %s", one.Path, one.Field.FullName())
		}
	}
}

// onlyDeclared returns an object without the members that its message does not declare.
func onlyDeclared(t *testing.T, data []byte, message protoreflect.MessageDescriptor) string {
	t.Helper()
	tokens := json.NewDecoder(bytes.NewReader(withoutBOM(data)))
	open, _ := tokens.Token()
	var kept []string
	for tokens.More() {
		name := ""
		if open == json.Delim('{') {
			token, _ := tokens.Token()
			name, _ = token.(string)
		}
		var raw json.RawMessage
		if err := tokens.Decode(&raw); err != nil {
			t.Fatal(err)
		}
		if open == json.Delim('[') { // the elements are messages
			kept = append(kept, onlyDeclared(t, raw, message))
			continue
		}
		field := fieldNamed(message.Fields(), name)
		if field == nil {
			continue
		}
		value := string(raw)
		if isObject(field) && value != "null" {
			value = onlyDeclared(t, raw, field.Message())
		}
		kept = append(kept, fmt.Sprintf("%q:%s", field.JSONName(), value))
	}
	if open == json.Delim('[') {
		return "[" + strings.Join(kept, ",") + "]"
	}
	return "{" + strings.Join(kept, ",") + "}"
}
