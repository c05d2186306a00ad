// Command protoimports writes the .proto files that the contract imports, from the descriptors
// linked into the Go packages that go.mod pins. So `make generate` needs no schema registry, and
// contract and runtime cannot differ.
//
// Usage: protoimports DIRECTORY
package main

import (
	"fmt"
	"os"

	"github.com/jhump/protoreflect/v2/protoprint"
	"google.golang.org/protobuf/reflect/protoreflect"

	validate "github.com/envoyproxy/protoc-gen-validate/validate"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/genproto/googleapis/rpc/code"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/genproto/googleapis/type/date"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: protoimports DIRECTORY")
		os.Exit(2)
	}
	files := []protoreflect.FileDescriptor{
		annotations.File_google_api_annotations_proto,
		annotations.File_google_api_field_behavior_proto,
		annotations.File_google_api_http_proto,
		date.File_google_type_date_proto,
		code.File_google_rpc_code_proto,
		status.File_google_rpc_status_proto,
		// The contract does not import this file. Readers of error details need it in the
		// descriptor set.
		errdetails.File_google_rpc_error_details_proto,
		validate.File_validate_validate_proto,
	}
	printer := protoprint.Printer{Compact: true}
	if err := printer.PrintProtosToFileSystem(files, os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "protoimports:", err)
		os.Exit(1)
	}
}
