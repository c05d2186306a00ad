package importer

import (
	"bufio"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
)

// rejects is the file of the rows that were not created. It gets its name when it is complete.
// Until then it has another, which the next run overwrites.
type rejects struct {
	mu       sync.Mutex
	names    names
	file     *os.File
	buffer   *bufio.Writer
	csv      *csv.Writer
	columns  *columns
	importID string
	rows     int
}

func newRejects(files names, c *columns, importID string) (*rejects, error) {
	_ = os.Remove(files.partial) // of a run that was killed
	file, err := os.OpenFile(files.partial, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	r := &rejects{names: files, file: file, buffer: bufio.NewWriter(file), columns: c, importID: importID}
	if c.source.hasMark {
		_, err = r.buffer.WriteString("\ufeff")
	}
	r.csv = csv.NewWriter(r.buffer)
	if c.source.format == CSV {
		r.csv.Comma = c.source.comma
	}
	header := append(r.cells(nil), noteLine, noteField, noteMessage, noteToDo, noteImport, noteKey)
	return r, errors.Join(err, r.csv.Write(header))
}

// cells returns the cells of a row in the columns of the file, or their names.
func (r *rejects) cells(row *Row) []string {
	var cells []string
	for i, name := range r.columns.source.columns {
		switch {
		case isNote(name):
		case row == nil:
			cells = append(cells, name)
		default:
			cells = append(cells, value(row, i))
		}
	}
	return cells
}

// write adds a row, as it was in the file.
func (r *rejects) write(row *Row, key string, violations []Violation, toDo string) error {
	fields, message := inWords(violations)
	line := strconv.Itoa(row.Line)
	if at, has := r.columns.source.index[noteLine]; has && value(row, at) != "" {
		line = value(row, at) // of the first file
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rows++
	return r.csv.Write(append(r.cells(row), line, fields, message, toDo, r.importID, key))
}

// inWords returns the columns of violations, and what is wrong with each.
func inWords(violations []Violation) (columns, message string) {
	var names, messages []string
	for _, violation := range violations {
		name, text := cmp.Or(violation.Column, violation.Path), violation.Message
		if name != "" {
			names = append(names, name)
			text = name + ": " + text
		}
		messages = append(messages, text)
	}
	return strings.Join(names, "; "), strings.Join(messages, "; ")
}

// finish closes the file. If it is complete, it gets its name, and an earlier file of that name
// gets another one, which finish returns.
func (r *rejects) finish(isComplete bool) (moved string, err error) {
	r.csv.Flush()
	if err := errors.Join(r.csv.Error(), r.buffer.Flush(), r.file.Sync(), r.file.Close()); err != nil {
		return "", err
	}
	if !isComplete {
		if r.rows == 0 {
			return "", os.Remove(r.names.partial)
		}
		return "", nil
	}
	if exists(r.names.rejects) {
		for number := 1; moved == "" || exists(moved); number++ {
			moved = fmt.Sprintf("%s.%d", r.names.rejects, number)
		}
		if err := os.Rename(r.names.rejects, moved); err != nil {
			return "", err
		}
	}
	if r.rows == 0 {
		return moved, os.Remove(r.names.partial)
	}
	return moved, os.Rename(r.names.partial, r.names.rejects)
}
