package importer

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
)

// scan is what one pass over the file shows before anything is sent.
type scan struct {
	rows      int
	keyed     int // rows with an id, or a value in the column of --key
	blank     int // rows without a value, which are skipped
	byContent bool
	twice     map[digest][]uint32 // lines of keys that are not unique
	importID  string              // of a file of rejects
	isRejects bool
	keys      places
}

// scanSource reads the whole file. It returns an error if a column is unknown or the file is
// malformed.
func scanSource(s *source, c *columns) (*scan, error) {
	found := &scan{}
	for row, err := range s.rows() {
		if err != nil {
			return nil, err
		}
		c.resolve()
		if s.format != NDJSON && len(c.problems) > 0 {
			return nil, c.finish()
		}
		if row.isBlank() {
			found.blank++
			continue
		}
		if err := found.add(s, c, row); err != nil {
			return nil, err
		}
	}
	if err := c.finish(); err != nil {
		return nil, err
	}
	if err := s.unchanged(); err != nil {
		return nil, err
	}
	found.isRejects = c.noted != constant
	if found.keyed == 0 && c.mapping.Key == "" && found.rows > 0 {
		if err := found.keysByContent(s, c); err != nil {
			return nil, err
		}
	}
	found.twice = found.keys.twice()
	return found, nil
}

// add counts a row and takes its key.
func (f *scan) add(s *source, c *columns, row *Row) error {
	f.rows++
	if row.Line >= math.MaxUint32 {
		return errors.New("the file has too many lines: split it")
	}
	if value(row, c.key) != "" {
		f.keyed++
	}
	if key := c.keyOf(row, false); key != "" {
		f.keys = append(f.keys, place{digestOf(key), uint32(row.Line)}) //nolint:gosec // checked above
	}
	return f.note(s, row)
}

// keysByContent reads the file again, because no row has a key.
func (f *scan) keysByContent(s *source, c *columns) error {
	f.byContent = true
	f.keys = slices.Grow(f.keys[:0], f.rows)
	for row, err := range s.rows() {
		if err != nil {
			return err
		}
		if !row.isBlank() {
			f.keys = append(f.keys, place{digestOf(c.keyOf(row, true)), uint32(row.Line)}) //nolint:gosec // checked before
		}
	}
	return nil
}

// note takes the import's id from a file of rejects.
func (f *scan) note(s *source, row *Row) error {
	column, has := s.index[noteImport]
	if !has {
		return nil
	}
	switch id := value(row, column); {
	case id == "" || id == f.importID:
	case f.importID == "":
		f.importID = id
	default:
		return fmt.Errorf("line %d is of another import than the rows before it (%s): run the rejects of each import on their own", row.Line, noteImport)
	}
	return nil
}

// editedRows returns an error if rows without a key were edited after others of them were created:
// an edited row would be another one, and a second customer.
func (f *scan) editedRows(results knownKeys, file string) error {
	if !f.byContent || f.isRejects || len(results) == 0 {
		return nil
	}
	fresh, gone := 0, 0
	for _, at := range f.keys {
		if _, is := results.find(at.key); !is {
			fresh++
		}
	}
	for i := range results {
		_, is := slices.BinarySearchFunc(f.keys, results[i].key, func(p place, key digest) int { return bytes.Compare(p.key[:], key[:]) })
		if results[i].created && !is {
			gone++
		}
	}
	if fresh == 0 || gone == 0 {
		return nil
	}
	return fmt.Errorf("nothing was sent: %d rows are new, and %d rows that were created earlier (%s) are missing. "+
		"Rows without a key are known by their content, so an edited row would be created once more. "+
		"Undo the edits and correct the file of rejects, or import new rows from a file of their own", fresh, gone, file)
}
