package server_test

import (
	"slices"
	"testing"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers/rules"
)

// contractFiles lists the files of the contract.
func contractFiles(t *testing.T) []protoreflect.FileDescriptor {
	t.Helper()
	var files []protoreflect.FileDescriptor
	protoregistry.GlobalFiles.RangeFilesByPackage("enlist.v1", func(file protoreflect.FileDescriptor) bool {
		files = append(files, file)
		return true
	})
	if len(files) < 7 {
		t.Fatalf("%d files", len(files))
	}
	return files
}

// reachable adds a message and all messages of its fields.
func reachable(message protoreflect.MessageDescriptor, into map[protoreflect.FullName]bool) {
	if into[message.FullName()] {
		return
	}
	into[message.FullName()] = true
	for i := range message.Fields().Len() {
		if field := message.Fields().Get(i); field.Message() != nil {
			reachable(field.Message(), into)
		}
	}
}

func messagesOf(container interface {
	Messages() protoreflect.MessageDescriptors
},
) []protoreflect.MessageDescriptor {
	var all []protoreflect.MessageDescriptor
	for i := range container.Messages().Len() {
		if one := container.Messages().Get(i); !one.IsMapEntry() {
			all = append(append(all, one), messagesOf(one)...)
		}
	}
	return all
}

// Every field of the contract has one behavior (AIP-203), which the server enforces.
func TestFieldBehavior(t *testing.T) {
	requests, responses := map[protoreflect.FullName]bool{}, map[protoreflect.FullName]bool{}
	for _, file := range contractFiles(t) {
		for i := range file.Services().Len() {
			for j := range file.Services().Get(i).Methods().Len() {
				rpc := file.Services().Get(i).Methods().Get(j)
				reachable(rpc.Input(), requests)
				reachable(rpc.Output(), responses)
			}
		}
	}
	seen := map[annotations.FieldBehavior]int{}
	for _, file := range contractFiles(t) {
		for _, message := range messagesOf(file) {
			required := requiredOf(t, message)
			for i := range message.Fields().Len() {
				field := message.Fields().Get(i)
				behaviors, _ := proto.GetExtension(field.Options(), annotations.E_FieldBehavior).([]annotations.FieldBehavior)
				if len(behaviors) != 1 {
					t.Errorf("%s has behaviors %v, want one", field.FullName(), behaviors)
					continue
				}
				is := behaviors[0]
				seen[is]++
				switch is {
				case annotations.FieldBehavior_REQUIRED, annotations.FieldBehavior_OPTIONAL:
					if responses[message.FullName()] && !requests[message.FullName()] {
						t.Errorf("%s is %s, but no request has it", field.FullName(), is)
					}
				case annotations.FieldBehavior_OUTPUT_ONLY, annotations.FieldBehavior_IDENTIFIER:
					if requests[message.FullName()] && !responses[message.FullName()] {
						t.Errorf("%s is %s, but no response has it", field.FullName(), is)
					}
				default:
					t.Errorf("%s is %s", field.FullName(), is)
				}
				if requests[message.FullName()] && (is == annotations.FieldBehavior_REQUIRED) != slices.Contains(required, string(field.Name())) {
					t.Errorf("%s is %s, but an empty message breaks the rules of %q", field.FullName(), is, required)
				}
			}
		}
	}
	for _, one := range []annotations.FieldBehavior{
		annotations.FieldBehavior_REQUIRED, annotations.FieldBehavior_OPTIONAL, annotations.FieldBehavior_OUTPUT_ONLY, annotations.FieldBehavior_IDENTIFIER,
	} {
		if seen[one] == 0 {
			t.Errorf("no field is %s", one)
		}
	}
}

// requiredOf lists the fields whose rules an empty message breaks.
func requiredOf(t *testing.T, descriptor protoreflect.MessageDescriptor) []string {
	t.Helper()
	var required []string
	for _, violation := range rules.Check(message(t, descriptor)) {
		required = append(required, violation.Path)
	}
	return required
}

// Java's classes have the names that AIP-191 requires.
func TestJavaOptions(t *testing.T) {
	for _, file := range contractFiles(t) {
		options := file.Options().(*descriptorpb.FileOptions)
		name := ""
		upper := true
		for _, letter := range file.Path()[len("enlist/v1/") : len(file.Path())-len(".proto")] {
			if letter == '_' {
				upper = true
				continue
			}
			if upper {
				letter += 'A' - 'a'
			}
			name, upper = name+string(letter), false
		}
		if options.GetJavaOuterClassname() != name+"Proto" || !options.GetJavaMultipleFiles() || options.GetJavaPackage() != "dev.enlist.v1" {
			t.Errorf("%s has %v", file.Path(), options)
		}
	}
}

// Each state tells a program who acts next.
func TestEveryStateHasANextActor(t *testing.T) {
	values := enlistv1.OperationState(0).Descriptor().Values()
	for i := range values.Len() {
		value := values.Get(i)
		actor, _ := proto.GetExtension(value.Options(), enlistv1.E_NextActor).(enlistv1.Actor)
		if (actor == enlistv1.Actor_ACTOR_UNSPECIFIED) != (value.Number() == 0) {
			t.Errorf("%s: next is %s", value.Name(), actor)
		}
	}
}
