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

// Request is a list request.
type Request interface {
	proto.Message
	GetPageToken() string
}

// Sizes of a page.
const (
	defaultSize = 100
	mostSize    = 1000
)

// Size returns the number of elements on a page for a request's page_size. It returns the default
// for 0, and at most the maximum (AIP-158).
func Size(asked int32) int {
	if asked == 0 {
		return defaultSize
	}
	return min(int(asked), mostSize)
}

// Next returns the token of the page that starts at an offset of the requested list.
func Next(request Request, offset int) string {
	return NextAfter(request, binary.BigEndian.AppendUint64(nil, uint64(offset))) //nolint:gosec // an offset is not negative
}

// NextAfter returns the token of the page that starts at a position, in the list's own form.
func NextAfter(request Request, position []byte) string {
	return base64.RawURLEncoding.EncodeToString(append(slices.Clone(position), hash(request, position)...))
}

// Offset returns the offset of the requested page. It returns 0 without a token. For a token that
// Next did not make for this list, it returns an *providers.Error with reason INVALID_FIELD at
// page_token.
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

// Position returns the position of the requested page. It returns nil without a token. For a token
// that NextAfter did not make for this list, it returns an *providers.Error with reason
// INVALID_FIELD at page_token.
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

// Invalid returns the error of a token that does not belong to the list.
func Invalid() *providers.Error {
	return &providers.Error{
		Reason:  enlistv1.ErrorReason_INVALID_FIELD,
		Message: "page_token is not valid. Start again without page_token.",
		Violations: []rules.Violation{{
			Path: "page_token", Description: "must be the next_page_token of the previous page, and the other fields must not change",
		}},
	}
}

// hash binds a position to the kind and the parameters of a request, except page_size, which may
// change between pages (AIP-158).
func hash(request Request, position []byte) []byte {
	bound := proto.Clone(request).ProtoReflect()
	for _, name := range []protoreflect.Name{"page_token", "page_size"} {
		if field := bound.Descriptor().Fields().ByName(name); field != nil {
			bound.Clear(field)
		}
	}
	parameters, _ := proto.MarshalOptions{Deterministic: true}.Marshal(bound.Interface()) // fails only for invalid UTF-8
	sum := sha256.New()
	sum.Write(position)
	sum.Write([]byte(bound.Descriptor().FullName()))
	sum.Write(parameters)
	return sum.Sum(nil)[:hashSize]
}
