package server_test

import (
	"os"
	"testing"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"
)

// Every RPC of the last release has the same path in REST, which `make breaking` does not check.
func TestPathsAreThoseOfTheRelease(t *testing.T) {
	data, err := os.ReadFile("../proto/baseline.binpb")
	if err != nil {
		t.Fatal(err)
	}
	released := &descriptorpb.FileDescriptorSet{}
	if err := proto.Unmarshal(data, released); err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, file := range released.GetFile() {
		for _, service := range file.GetService() {
			for _, rpc := range service.GetMethod() {
				was, now := proto.GetExtension(rpc.GetOptions(), annotations.E_Http), proto.GetExtension(method(t, rpc.GetName()).Options(), annotations.E_Http)
				if !proto.Equal(was.(proto.Message), now.(proto.Message)) {
					t.Errorf("%s was %v, and is %v", rpc.GetName(), was, now)
				}
				compared++
			}
		}
	}
	if compared == 0 {
		t.Error("the baseline has no RPC")
	}
}
