package wire

import (
	"slices"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/structpb"
)

// Record returns a vendor's JSON object as received, with the values of the named secret members
// replaced, at any depth. It returns nil if data is not a JSON object. It ignores a byte order
// mark.
func Record(data []byte, secrets ...string) *structpb.Struct {
	record := &structpb.Struct{}
	if err := protojson.Unmarshal(withoutBOM(data), record); err != nil {
		return nil
	}
	redact(record, secrets)
	return record
}

func redact(record *structpb.Struct, secrets []string) {
	for name, value := range record.GetFields() {
		if slices.Contains(secrets, name) {
			record.Fields[name] = structpb.NewStringValue(redacted)
			continue
		}
		redact(value.GetStructValue(), secrets)
		for _, element := range value.GetListValue().GetValues() {
			redact(element.GetStructValue(), secrets)
		}
	}
}
