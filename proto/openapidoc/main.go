// Command openapidoc writes the OpenAPI 3.1 document of the contract's REST side. Fields, limits
// and errors come from the contract, its annotations and its comments. The command says only how to
// write them in OpenAPI.
//
// With -configuration it writes the JSON Schema of the configuration instead.
//
// Usage: openapidoc [-configuration] DESCRIPTOR-SET > FILE
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/descriptorpb"
)

func main() {
	isConfiguration := flag.Bool("configuration", false, "write the JSON Schema of the configuration")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: openapidoc [-configuration] DESCRIPTOR-SET > FILE")
		os.Exit(2)
	}
	write := newDocument
	if *isConfiguration {
		write = newConfigurationSchema
	}
	if err := run(flag.Arg(0), write); err != nil {
		fmt.Fprintln(os.Stderr, "openapidoc:", err)
		os.Exit(1)
	}
}

func run(descriptorSet string, newDocument func(*protoregistry.Files) (*object, error)) error {
	data, err := os.ReadFile(descriptorSet)
	if err != nil {
		return err
	}
	set := &descriptorpb.FileDescriptorSet{}
	if err := proto.Unmarshal(data, set); err != nil {
		return err
	}
	files, err := protodesc.NewFiles(set)
	if err != nil {
		return err
	}
	document, err := newDocument(files)
	if err != nil {
		return err
	}
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(document)
}
