package wire

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

const (
	// MaxValue is the largest value of a large response that a Stream reads as a whole, in bytes.
	MaxValue = 4 << 20
	// fromLarge is the size from which a value counts as large.
	fromLarge = 64 << 10
)

var errLong = fmt.Errorf("one value of the response has more than %d bytes", MaxValue)

// Stream reads a large JSON object as it arrives. It keeps one value in memory at a time.
//
// The object counts only if Object and End return no error: its rest may be missing or invalid.
// Errors never quote the response.
type Stream struct {
	tokens *jsontext.Decoder
	input  *gauge
}

// NewStream returns a stream of the object in r. It ignores a byte order mark at the start. If
// large is not nil, the stream calls it once, before it reads more than 64 KiB of a value. The
// stream fails with its error.
func NewStream(r io.Reader, large func() error) *Stream {
	input := bufio.NewReader(r)
	if start, _ := input.Peek(len(byteOrderMark)); string(start) == byteOrderMark {
		_, _ = input.Discard(len(byteOrderMark)) // they are in the buffer
	}
	limited := &gauge{input: input, large: large}
	return &Stream{jsontext.NewDecoder(limited, jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true)), limited}
}

// gauge limits the size of one value.
type gauge struct {
	input io.Reader
	value int // bytes read since the start of the value
	large func() error
}

// Read reads a part of a value.
func (g *gauge) Read(part []byte) (int, error) {
	if g.value > MaxValue {
		return 0, errLong
	}
	if g.value > fromLarge && g.large != nil {
		if err := g.large(); err != nil {
			return 0, err
		}
		g.large = nil
	}
	n, err := g.input.Read(part[:min(len(part), MaxValue+1-g.value)])
	g.value += n
	return n, err
}

// Object reads an object. For each of its members that has a function in members, it calls the
// function, which must read the value. It returns the object without these members. It fails if one
// of them is a duplicate.
func (s *Stream) Object(members map[string]func() error) (rest []byte, err error) {
	if s.Kind() != '{' {
		return nil, s.otherKind()
	}
	if _, err := s.token(); err != nil {
		return nil, err
	}
	rest = append(rest, '{')
	seen := map[string]bool{}
	for s.Kind() != '}' {
		token, err := s.token()
		if err != nil {
			return nil, err
		}
		name := token.String()
		if read := members[name]; read != nil {
			if seen[name] {
				return nil, fmt.Errorf("the response has the member %q twice", name)
			}
			seen[name] = true
			if err := read(); err != nil {
				return nil, err
			}
			continue
		}
		value, err := s.Value()
		if err != nil {
			return nil, err
		}
		if len(rest) > 1 {
			rest = append(rest, ',')
		}
		if rest = append(append(appendString(rest, name), ':'), value...); len(rest) > MaxValue {
			return nil, errLong
		}
	}
	_, err = s.token()
	return append(rest, '}'), err
}

// Elements reads any value, and reports whether it is a list. It calls visit for each element of
// the list. visit must read the element.
func (s *Stream) Elements(visit func() error) (isList bool, err error) {
	if s.Kind() != '[' {
		_, err := s.Value()
		return false, err
	}
	if _, err := s.token(); err != nil {
		return false, err
	}
	for s.Kind() != ']' {
		if err := visit(); err != nil {
			return false, err
		}
	}
	_, err = s.token()
	return true, err
}

// Kind returns the first byte of the next value, and 0 as a digit for any number. At the end of the
// input, and before invalid input, it returns another kind. The next read then fails.
func (s *Stream) Kind() jsontext.Kind {
	s.input.value = 0
	return s.tokens.PeekKind()
}

// Value reads any value. It is valid until the next read.
func (s *Stream) Value() ([]byte, error) {
	s.input.value = 0
	value, err := s.tokens.ReadValue()
	return value, unreadable(err)
}

// End fails if anything follows the object.
func (s *Stream) End() error {
	s.input.value = 0
	if _, err := s.tokens.ReadToken(); !errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		if err == nil {
			return errNotObject
		}
		return unreadable(err)
	}
	return nil
}

func (s *Stream) token() (jsontext.Token, error) {
	s.input.value = 0
	token, err := s.tokens.ReadToken()
	return token, unreadable(err)
}

// otherKind returns the error of a value that is not an object.
func (s *Stream) otherKind() error {
	if _, err := s.token(); err != nil {
		return err
	}
	return errNotObject
}

// unreadable returns the error for an error of jsontext, whose text may quote the response.
func unreadable(err error) error {
	var syntax *jsontext.SyntacticError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &syntax):
		return errNotObject
	}
	return fmt.Errorf("cannot read the response: %w", err)
}
