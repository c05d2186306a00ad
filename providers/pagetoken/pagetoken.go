package pagetoken

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"slices"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/rules"
)

const hashSize = 16

// Request is the request of a list.
type Request interface {
	proto.Message
	GetPageToken() string
}

// Sizes of a page.
const (
	defaultSize = 100
	mostSize    = 1000
)

// Size returns how many elements a page has for the page_size of a request: the default for 0, and no
// more than the maximum (AIP-158).
func Size(asked int32) int {
	if asked == 0 {
		return defaultSize
	}
	return min(int(asked), mostSize)
}

// Next returns the token of the page that begins at an offset, for the list that the request asks for.
func Next(request Request, offset int) string {
	return NextAfter(request, binary.BigEndian.AppendUint64(nil, uint64(offset))) //nolint:gosec // an offset is not negative
}

// NextAfter returns the token of the page that begins at a position, in whatever form the list has for it.
func NextAfter(request Request, position []byte) string {
	return base64.RawURLEncoding.EncodeToString(append(slices.Clone(position), hash(request, position)...))
}

// Offset returns where the page that the request asks for begins; 0 without a token. A token that Next did not make for this list
// is an *providers.Error with reason INVALID_FIELD at page_token.
func Offset(request Request) (int, error) {
	position, err := Position(request)
	if err != nil || position == nil {
		return 0, err
	}
	if len(position) == 8 {
		if offset := int(binary.BigEndian.Uint64(position)); offset >= 0 { //nolint:gosec // what overflows is below 0
			return offset, nil
		}
	}
	return 0, Invalid()
}

// Position returns the position at which the page that the request asks for begins; nil without a token. A token that NextAfter did not
// make for this list is an *providers.Error with reason INVALID_FIELD at page_token.
func Position(request Request) ([]byte, error) {
	if request.GetPageToken() == "" {
		return nil, nil
	}
	token, err := base64.RawURLEncoding.DecodeString(request.GetPageToken())
	if err == nil && len(token) > hashSize {
		if position := token[:len(token)-hashSize]; NextAfter(request, position) == request.GetPageToken() {
			return position, nil
		}
	}
	return nil, Invalid()
}

// Invalid is the error of a token that is not one of the list.
func Invalid() *providers.Error {
	return &providers.Error{
		Reason:  enlistv1.ErrorReason_INVALID_FIELD,
		Message: "page_token is not valid. Start again without page_token.",
		Violations: []rules.Violation{{
			Path: "page_token", Description: "must be the next_page_token of the previous page, and the other fields must not change",
		}},
	}
}

// hash binds a position to the kind and the parameters of a request. The size of a page may change on the way (AIP-158).
func hash(request Request, position []byte) []byte {
	bound := proto.Clone(request).ProtoReflect()
	for _, name := range []protoreflect.Name{"page_token", "page_size"} {
		if field := bound.Descriptor().Fields().ByName(name); field != nil {
			bound.Clear(field)
		}
	}
	parameters, _ := proto.MarshalOptions{Deterministic: true}.Marshal(bound.Interface()) // fails for invalid UTF-8 only
	sum := sha256.New()
	sum.Write(position)
	sum.Write([]byte(bound.Descriptor().FullName()))
	sum.Write(parameters)
	return sum.Sum(nil)[:hashSize]
}
