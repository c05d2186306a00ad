package main

import (
	"bytes"
	"encoding/json"
)

// object is a JSON object whose members keep the order of their creation. So readers see fields
// in the order of the contract.
type object struct {
	names  []string
	values map[string]any
}

// with makes an object of alternating names and values.
func with(members ...any) *object {
	made := &object{values: map[string]any{}}
	for i := 0; i < len(members); i += 2 {
		made.set(members[i].(string), members[i+1])
	}
	return made
}

func (o *object) set(name string, value any) *object {
	if _, there := o.values[name]; !there {
		o.names = append(o.names, name)
	}
	o.values[name] = value
	return o
}

func (o *object) has(name string) bool {
	_, there := o.values[name]
	return there
}

// MarshalJSON writes the members in their order.
func (o *object) MarshalJSON() ([]byte, error) {
	var text bytes.Buffer
	out := json.NewEncoder(&text)
	out.SetEscapeHTML(false)
	text.WriteByte('{')
	for i, name := range o.names {
		if i > 0 {
			text.WriteByte(',')
		}
		if err := out.Encode(name); err != nil {
			return nil, err
		}
		text.WriteByte(':')
		if err := out.Encode(o.values[name]); err != nil {
			return nil, err
		}
	}
	text.WriteByte('}')
	return text.Bytes(), nil
}
