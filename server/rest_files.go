package server

import (
	"encoding/base64"
	"slices"
	"strings"
	"sync"

	pgv "github.com/envoyproxy/protoc-gen-validate/validate"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// file is a field of a create request that holds bytes, such as a picture. Its limit is its own,
// beside that of the request.
type file struct {
	path []string
	most uint64
}

// files lists the files that the contract allows. The server makes room for one in a request. The
// contract is read once, since each REST request asks.
var files = sync.OnceValue(filesOfContract) //nolint:gochecknoglobals // a constant of the contract

func filesOfContract() []file {
	var all []file
	var visit func(message protoreflect.MessageDescriptor, path []string)
	visit = func(message protoreflect.MessageDescriptor, path []string) {
		for i := range message.Fields().Len() {
			field := message.Fields().Get(i)
			at := append(slices.Clone(path), string(field.Name()))
			switch {
			case field.IsList() || field.IsMap():
			case field.Kind() == protoreflect.BytesKind:
				rules, _ := proto.GetExtension(field.Options(), pgv.E_Rules).(*pgv.FieldRules)
				all = append(all, file{at, rules.GetBytes().GetMaxLen()})
			case field.Message() != nil && field.Message().ParentFile().Package() == message.ParentFile().Package():
				visit(field.Message(), at)
			}
		}
	}
	visit((&enlistv1.CreateCustomerRequest{}).ProtoReflect().Descriptor(), nil)
	return all
}

// maxFile is the size of the largest file. In JSON it is a third larger.
func maxFile() int {
	most := 0
	for _, file := range files() {
		most = max(most, int(file.most)) //nolint:gosec // a limit of the contract
	}
	return most
}

// fileOptions names the options that hold files.
func fileOptions() string {
	var names []string
	for _, file := range files() {
		option := file.path[:min(2, len(file.path))]
		names = append(names, strings.Join(option, "."))
	}
	return strings.Join(names, ", ")
}

// encodedFiles is the size of the files in a request, as JSON has them.
func encodedFiles(message proto.Message) int {
	size := 0
	if _, creates := message.(*enlistv1.CreateCustomerRequest); creates {
		for _, file := range files() {
			size += base64.StdEncoding.EncodedLen(len(bytesAt(message.ProtoReflect(), file.path)))
		}
	}
	return size
}

func bytesAt(message protoreflect.Message, path []string) []byte {
	field := message.Descriptor().Fields().ByName(protoreflect.Name(path[0]))
	if len(path) == 1 {
		return message.Get(field).Bytes()
	}
	return bytesAt(message.Get(field).Message(), path[1:])
}
