package caliq

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/enlist-dev/enlist/sandbox/engine"
)

// field is a field of a request.
type field struct {
	name     string
	kind     kind
	required bool
	max      int // characters of a text; 0 for any
}

type kind int

const (
	aText kind = iota
	anInteger
	aBoolean
)

// customerCreateForm returns the fields and limits of the page.
func customerCreateForm() []field {
	return []field{
		{name: "apiKey", required: true},
		{name: "ChannelID", kind: anInteger, required: true},
		{name: "AccountNo", required: true, max: 10},
		{name: "CompanyName", max: 40},
		{name: "Line1", required: true, max: 50},
		{name: "Line2", max: 50},
		{name: "Line3", max: 50},
		{name: "Town", max: 50},
		{name: "County", max: 25},
		{name: "Postcode", max: 15},
		{name: "Country", required: true, max: 3},
		{name: "AllowDeliveries", kind: aBoolean, required: true},
		{name: "AllowInvoices", kind: aBoolean, required: true},
		{name: "Title", max: 6},
		{name: "Firstname", required: true, max: 20},
		{name: "Surname", required: true, max: 30},
		{name: "TelephoneNo", max: 20},
		{name: "MobileNo", max: 20},
		{name: "Email", required: true, max: 70},
		{name: "VATNumber", max: 30},
		{name: "EORI", max: 20},
		{name: "Currency", required: true, max: 3},
		{name: "CustomerServiceLevel", kind: anInteger},
		{name: "CustomerCategory", max: 4},
	}
}

// readJSON returns the fields of the form that are there and not null: texts as string, numbers as
// int64, flags as bool. It ignores other members.
func readJSON(body []byte, _ string, form []field) (map[string]any, error) {
	object, err := engine.DecodeObject(body)
	if err != nil {
		return nil, errors.New("the body is not a JSON object")
	}
	given := map[string]any{}
	for _, field := range form {
		switch value := object[field.name].(type) {
		case nil:
			continue
		case string:
			if field.kind == aText {
				given[field.name] = value
			}
		case bool:
			if field.kind == aBoolean {
				given[field.name] = value
			}
		case json.Number:
			if n, err := value.Int64(); field.kind == anInteger && err == nil {
				given[field.name] = n
			}
		}
		if given[field.name] == nil {
			return nil, fmt.Errorf("%s is not of its type", field.name)
		}
	}
	return given, nil
}

// readXML does the same for the elements below the root of that name.
func readXML(body []byte, root string, form []field) (map[string]any, error) {
	type element struct {
		XMLName xml.Name
		Nil     bool   `xml:"http://www.w3.org/2001/XMLSchema-instance nil,attr"`
		Text    string `xml:",chardata"`
	}
	var document struct {
		XMLName  xml.Name
		Elements []element `xml:",any"`
	}
	decoder := xml.NewDecoder(bytes.NewReader(body))
	if err := decoder.Decode(&document); err != nil {
		return nil, errors.New("the body is not XML")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) && err != nil || document.XMLName.Local != root {
		return nil, fmt.Errorf("a %s is expected", root)
	}
	given := map[string]any{}
	for _, e := range document.Elements {
		if e.Nil {
			continue
		}
		for _, field := range form {
			if field.name != e.XMLName.Local {
				continue
			}
			var err error
			switch field.kind {
			case aText:
				given[field.name] = e.Text
			case anInteger:
				given[field.name], err = strconv.ParseInt(strings.TrimSpace(e.Text), 10, 64)
			case aBoolean:
				given[field.name], err = strconv.ParseBool(strings.TrimSpace(e.Text))
			}
			if err != nil {
				return nil, fmt.Errorf("%s is not of its type", field.name)
			}
		}
	}
	return given, nil
}
