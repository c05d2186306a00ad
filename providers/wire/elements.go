package wire

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// EachElement reads a JSON object from r as a stream. It calls visit with each element of the list
// with that name. It keeps one element at a time in memory, and reads other members token by token.
// visit may keep the element.
//
// found reports whether the member is a list. It is false if the member is null, missing, or has
// another type.
//
// EachElement fails if r does not contain a single complete JSON object, or if the object has the
// member twice. It also returns the first error of r, wrapped, or of visit. It may visit elements
// before it detects an error, so they count only if EachElement returns no error.
func EachElement(r io.Reader, member string, visit func(element json.RawMessage) error) (found bool, err error) {
	input := bufio.NewReader(r)
	if start, _ := input.Peek(len(byteOrderMark)); string(start) == byteOrderMark {
		_, _ = input.Discard(len(byteOrderMark)) // they are in the buffer
	}
	s := stream{json.NewDecoder(input)}
	s.tokens.UseNumber() // accepts numbers of any size
	if found, err = s.object(member, visit); err != nil {
		return false, err
	}
	if _, err = s.tokens.Token(); !errors.Is(err, io.EOF) { // more input follows
		return false, unreadable(err)
	}
	return found, nil
}

// unreadable returns the error for an error of a json.Decoder, whose text may quote the response.
func unreadable(err error) error {
	var syntax *json.SyntaxError
	if err == nil || errors.Is(err, io.EOF) || errors.As(err, &syntax) {
		return errNotObject
	}
	return fmt.Errorf("cannot read the response: %w", err)
}

// stream reads JSON token by token.
type stream struct{ tokens *json.Decoder }

func (s stream) object(member string, visit func(json.RawMessage) error) (found bool, err error) {
	open, err := s.token()
	if err != nil {
		return false, err
	}
	if open != json.Delim('{') {
		return false, errNotObject
	}
	seen := false
	for s.tokens.More() {
		name, err := s.token()
		switch {
		case err != nil:
		case name != member:
			err = s.skip()
		case seen:
			err = fmt.Errorf("the response has the member %q twice", member)
		default:
			seen = true
			found, err = s.list(visit)
		}
		if err != nil {
			return false, err
		}
	}
	_, err = s.token() // }
	return found, err
}

// list reads any value, and visits its elements if it is a list.
func (s stream) list(visit func(json.RawMessage) error) (isList bool, err error) {
	open, err := s.token()
	if err != nil {
		return false, err
	}
	if open != json.Delim('[') {
		return false, s.skipRest(open)
	}
	for s.tokens.More() {
		var element json.RawMessage // a new one each time, because visit may keep it
		if err := s.tokens.Decode(&element); err != nil {
			return false, unreadable(err)
		}
		if err := visit(element); err != nil {
			return false, err
		}
	}
	_, err = s.token() // ]
	return true, err
}

// skip reads any value.
func (s stream) skip() error {
	first, err := s.token()
	if err != nil {
		return err
	}
	return s.skipRest(first)
}

// skipRest reads the rest of a value after its first token.
func (s stream) skipRest(token json.Token) error {
	for depth := 0; ; {
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
		if depth > mostNested {
			return errNotObject
		}
		var err error
		if token, err = s.token(); err != nil {
			return err
		}
	}
}

// mostNested is the greatest depth that encoding/json accepts. Its token reader has no limit.
const mostNested = 10000

func (s stream) token() (json.Token, error) {
	token, err := s.tokens.Token()
	if err != nil {
		return nil, unreadable(err)
	}
	return token, nil
}
