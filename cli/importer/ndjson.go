package importer

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// longestLine bounds a line of NDJSON, in bytes. No request of the contract is longer.
const longestLine = 8 << 20

// readNDJSON reads a JSON object from each line. A member is a column, and a nested member is one
// with its path: name.family_name, lines[0]. It ends when yield returns false.
func (s *source) readNDJSON(content *bufio.Reader, yield func(*Row) bool) error {
	lines := bufio.NewScanner(content)
	lines.Buffer(make([]byte, 64<<10), longestLine)
	for number := 1; lines.Scan(); number++ {
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 {
			continue
		}
		if !utf8.Valid(line) {
			return s.notUTF8(fmt.Sprintf("line %d", number), "WINDOWS-1252")
		}
		row := &Row{Line: number, Values: make([]string, len(s.columns))}
		decoder := jsontext.NewDecoder(bytes.NewReader(line))
		if decoder.PeekKind() != '{' {
			return fmt.Errorf("line %d must be one JSON object, such as {\"customer\": {\"id\": \"C-1\"}}", number)
		}
		if err := s.flatten(decoder, "", row); err != nil {
			return fmt.Errorf("line %d: %w", number, plain(err))
		}
		if _, err := decoder.ReadToken(); err == nil || decoder.InputOffset() != int64(len(line)) {
			return fmt.Errorf("line %d must have one JSON object, and has more", number)
		}
		if !yield(row) {
			return nil
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return fmt.Errorf("a line is longer than %d MiB: is it one JSON object in each line?", longestLine>>20)
	}
	return lines.Err()
}

// flatten adds a JSON value to a row, under the path of its column.
func (s *source) flatten(decoder *jsontext.Decoder, at string, row *Row) error {
	token, err := decoder.ReadToken()
	if err != nil {
		return err
	}
	switch token.Kind() {
	case '{':
		return s.flattenObject(decoder, at, row)
	case '[':
		for i := 0; decoder.PeekKind() != ']'; i++ {
			if err := s.flatten(decoder, at+"["+strconv.Itoa(i)+"]", row); err != nil {
				return err
			}
		}
		_, err = decoder.ReadToken()
		return err
	case 'n':
		return nil
	default:
		column := s.column(at)
		for len(row.Values) <= column {
			row.Values = append(row.Values, "")
		}
		if row.Values[column] != "" {
			return fmt.Errorf("column %q is set twice", at)
		}
		row.Values[column] = token.String()
		return nil
	}
}

func (s *source) flattenObject(decoder *jsontext.Decoder, at string, row *Row) error {
	for decoder.PeekKind() != '}' {
		name, err := decoder.ReadToken()
		if err != nil {
			return err
		}
		below := name.String()
		if below == "" {
			return fmt.Errorf("the object at %q has a member without a name", decoder.StackPointer().Parent())
		}
		if at != "" {
			below = at + "." + below
		}
		if err := s.flatten(decoder, below, row); err != nil {
			return err
		}
	}
	_, err := decoder.ReadToken()
	return err
}

// plain returns an error of the JSON library without the content of the file.
func plain(err error) error {
	wrong := (*jsontext.SyntacticError)(nil)
	if !errors.As(err, &wrong) {
		return err
	}
	if errors.Is(wrong.Err, jsontext.ErrDuplicateName) {
		return fmt.Errorf("the object at %q has a member twice: remove one", wrong.JSONPointer.Parent())
	}
	return fmt.Errorf("is not JSON from character %d on", wrong.ByteOffset+1)
}
