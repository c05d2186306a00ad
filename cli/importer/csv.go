package importer

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// readCSV reads CSV and TSV. It ends when yield returns false.
func (s *source) readCSV(content *bufio.Reader, yield func(*Row) bool) error {
	reader := csv.NewReader(content)
	reader.Comma, reader.FieldsPerRecord = s.comma, -1
	header, err := reader.Read()
	switch {
	case errors.Is(err, io.EOF):
		return fmt.Errorf("%s is empty: its first line must have the names of the columns", s.name)
	case err != nil:
		return s.malformed(err)
	}
	if err := s.setHeader(header); err != nil {
		return err
	}
	for {
		values, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return s.malformed(err)
		}
		line, _ := reader.FieldPos(0)
		if len(values) != len(s.columns) {
			return fmt.Errorf("line %d has %d cells, and the header has %d: put cells that contain a delimiter or a line break in quotes",
				line, len(values), len(s.columns))
		}
		row := &Row{Line: line, Values: values}
		if last, _ := reader.FieldPos(len(values) - 1); last != line {
			for i := range values {
				at, _ := reader.FieldPos(i)
				row.lines = append(row.lines, at)
			}
		}
		for i, value := range values {
			if !utf8.ValidString(value) {
				return s.notUTF8(fmt.Sprintf("line %d, column %q", row.lineOf(i), s.columns[i]), "WINDOWS-1252")
			}
		}
		if !yield(row) {
			return nil
		}
	}
}

// setHeader takes the names of the columns from the first line.
func (s *source) setHeader(names []string) error {
	if len(s.columns) > 0 {
		return nil // it was read before
	}
	for i, name := range names {
		name = strings.TrimSpace(name)
		switch _, twice := s.index[name]; {
		case !utf8.ValidString(name):
			return s.notUTF8(fmt.Sprintf("line 1, column %d", i+1), "WINDOWS-1252")
		case name == "":
			return fmt.Errorf("line 1, column %d has no name: name it, or remove the column", i+1)
		case strings.ContainsRune(name, '\r'):
			return fmt.Errorf("the lines of %s end with CR alone. Convert the file, for example: tr '\\r' '\\n' < %[1]s > lines.%s", s.name, s.format)
		case twice:
			return fmt.Errorf("two columns have the name %q: rename one of them, or remove it", name)
		}
		s.column(name)
	}
	if len(names) == 1 {
		for _, comma := range ";\t|" {
			if strings.ContainsRune(names[0], comma) && comma != s.comma {
				return fmt.Errorf("the header has one column, and contains %q: add --delimiter %[1]q if that separates the columns", comma)
			}
		}
	}
	return nil
}

// malformed explains an error of the CSV reader, which does not repeat the content.
func (s *source) malformed(err error) error {
	wrong := (*csv.ParseError)(nil)
	if !errors.As(err, &wrong) {
		return err
	}
	if errors.Is(wrong.Err, csv.ErrQuote) || errors.Is(wrong.Err, csv.ErrBareQuote) {
		return fmt.Errorf("line %d (the row begins in line %d) has a quote in the wrong place: put the whole cell in quotes, and write each quote in it twice",
			wrong.Line, wrong.StartLine)
	}
	return fmt.Errorf("line %d: %w", wrong.Line, wrong.Err)
}
