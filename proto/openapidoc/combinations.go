package main

import (
	"fmt"
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"
)

// addCombinations adds the rules for combinations of fields in a request. A oneof has at most one
// field, or exactly one where the contract requires it. A customer has a name.
//
// It uses neither `not` nor `false`, which readers and generators show as the type "never". It
// also uses neither oneOf nor anyOf. Beside properties, many generators make a type of each case
// and lose the fields.
func (s *schemas) addCombinations(schema *object, message protoreflect.MessageDescriptor, names []string) {
	dependent := with()
	for i := range message.Oneofs().Len() {
		oneof := message.Oneofs().Get(i)
		if oneof.IsSynthetic() {
			continue
		}
		members := membersOf(oneof)
		others := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return slices.Contains(members, name) })
		if len(others) == 0 {
			schema.set("maxProperties", 1)
			if requiresOne(oneof) {
				schema.set("minProperties", 1)
			}
			continue
		}
		for _, member := range members {
			dependent.set(member, onlyNames(append([]string{member}, others...)))
		}
		if requiresOne(oneof) {
			s.addCondition(schema, onlyNames(others), with("required", members[:1]))
		}
	}
	if len(dependent.names) > 0 {
		schema.set("dependentSchemas", dependent)
	}
	if message.FullName() == "enlist.v1.Customer" {
		empty := with("maxLength", 0)
		s.addCondition(schema,
			with("properties", with("displayName", empty, "organization", with("properties", with("name", empty)))),
			with("required", []string{"name"}))
	}
}

func membersOf(oneof protoreflect.OneofDescriptor) []string {
	var names []string
	for i := range oneof.Fields().Len() {
		names = append(names, oneof.Fields().Get(i).JSONName())
	}
	return names
}

func onlyNames(names []string) *object {
	return with("propertyNames", with("enum", names))
}

// addCondition adds the one condition that a schema can have without an allOf.
func (s *schemas) addCondition(schema, when, then *object) {
	if schema.has("if") && s.err == nil {
		s.err = fmt.Errorf("a schema has two conditions: %v", schema.names)
	}
	schema.set("if", when).set("then", then)
}
