package importer

import (
	"bufio"
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"
)

// The formats of a file.
const (
	CSV    = "csv"
	TSV    = "tsv"
	NDJSON = "ndjson"
)

// Row is one row of a file.
type Row struct {
	// Line is where the row begins.
	Line int
	// Values has the text of each column of the source. A column that the row does not have is "".
	Values []string
	// lines has the line of each value, if the row has several lines.
	lines []int
}

// lineOf returns the line of a column.
func (r *Row) lineOf(column int) int {
	if column >= 0 && column < len(r.lines) {
		return r.lines[column]
	}
	return r.Line
}

// isBlank reports whether a row has no value.
func (r *Row) isBlank() bool {
	for _, value := range r.Values {
		if value != "" {
			return false
		}
	}
	return true
}

// source is a file of rows, which can be read more than once.
type source struct {
	name    string // as the user gave it
	format  string
	comma   rune
	hasMark bool // a byte order mark
	columns []string
	index   map[string]int // of a column

	file    *os.File
	changed time.Time // of a file that others may change
	cipher  cipher.Block
	nonce   []byte
}

// openSource opens a file, or stdin for "-". It keeps a copy of what can be read only once, which
// is encrypted with a key in memory, and has no name.
func openSource(ctx context.Context, name, format, delimiter string, stdin io.Reader) (*source, error) {
	s := &source{name: name, format: format, comma: ',', index: map[string]int{}}
	if err := s.setFormat(delimiter); err != nil {
		return nil, err
	}
	if name != "-" {
		opened, err := os.Open(name) //nolint:gosec // the user names the file
		if err != nil {
			return nil, err
		}
		info, err := opened.Stat()
		switch {
		case err != nil:
			return nil, errors.Join(err, opened.Close())
		case info.IsDir():
			return nil, errors.Join(fmt.Errorf("%s is a folder: name a file", name), opened.Close())
		case info.Mode().IsRegular():
			s.file, s.changed = opened, info.ModTime()
			return s, nil
		}
		defer func() { _ = opened.Close() }()
		stdin = opened
	}
	return s, s.spool(stoppable(ctx, stdin))
}

// stoppable returns a reader that fails when the context ends, also while it waits for content.
func stoppable(ctx context.Context, from io.Reader) io.Reader {
	reader, writer := io.Pipe()
	context.AfterFunc(ctx, func() { _ = writer.CloseWithError(errors.New("stopped before all rows were read; nothing was sent")) })
	go func() {
		_, err := io.Copy(writer, from)
		_ = writer.CloseWithError(err)
	}()
	return reader
}

func (s *source) setFormat(delimiter string) error {
	if s.format == "" {
		switch strings.ToLower(filepath.Ext(s.name)) {
		case ".csv":
			s.format = CSV
		case ".tsv", ".tab":
			s.format = TSV
		case ".ndjson", ".jsonl":
			s.format = NDJSON
		default:
			return errors.New("--format must be csv, tsv or ndjson, since the name of the file does not say it")
		}
	}
	if s.format == TSV {
		s.comma = '\t'
	}
	if delimiter == "" {
		return nil
	}
	if delimiter == `\t` {
		delimiter = "\t"
	}
	comma, size := utf8.DecodeRuneInString(delimiter)
	if s.format != CSV || size != len(delimiter) || strings.ContainsRune("\"\r\n\uFFFD\x00", comma) {
		return errors.New("--delimiter must be one character of a CSV file, such as ';'")
	}
	s.comma = comma
	return nil
}

// spool copies what can be read once into a file without a name.
func (s *source) spool(from io.Reader) error {
	key := make([]byte, 32+aes.BlockSize)
	_, _ = rand.Read(key) // never fails
	block, err := aes.NewCipher(key[:32])
	if err != nil {
		return err
	}
	s.cipher, s.nonce = block, key[32:]
	if s.file, err = os.CreateTemp("", "enlist-import-"); err != nil {
		return err
	}
	if err := os.Remove(s.file.Name()); err != nil {
		return errors.Join(err, s.file.Close())
	}
	_, err = io.Copy(cipher.StreamWriter{S: cipher.NewCTR(s.cipher, s.nonce), W: s.file}, from)
	return err
}

// Close closes the file.
func (s *source) Close() error { return s.file.Close() }

// start returns the content from its beginning, without a byte order mark.
func (s *source) start() (*bufio.Reader, error) {
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	if err := s.unchanged(); err != nil {
		return nil, err
	}
	var content io.Reader = s.file
	if s.cipher != nil {
		content = cipher.StreamReader{S: cipher.NewCTR(s.cipher, s.nonce), R: s.file}
	}
	reader := bufio.NewReaderSize(content, 64<<10)
	head, err := reader.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		s.hasMark = true
		_, _ = reader.Discard(3)
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return nil, fmt.Errorf("%s is a spreadsheet or an archive: save it as CSV in UTF-8", s.name)
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return nil, fmt.Errorf("%s is compressed: gunzip -c %[1]s | enlist import - --format FORMAT …", s.name)
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")), bytes.ContainsRune(head, 0):
		return nil, s.notUTF8("The file", "UTF-16")
	}
	return reader, nil
}

// unchanged returns an error if the file was written since it was opened.
func (s *source) unchanged() error {
	if s.changed.IsZero() {
		return nil
	}
	info, err := s.file.Stat()
	if err == nil && !info.ModTime().Equal(s.changed) {
		err = fmt.Errorf("%s was changed while it was read: run the same command again", s.name)
	}
	return err
}

// notUTF8 says how to convert a file.
func (s *source) notUTF8(what, from string) error {
	return fmt.Errorf("%s is not in UTF-8. Convert the file, for example: iconv -f %s -t UTF-8 %s > utf8.%s", what, from, s.name, s.format)
}

// rows returns the rows from the beginning. After an error there are no more.
func (s *source) rows() iter.Seq2[*Row, error] {
	return func(yield func(*Row, error) bool) {
		content, err := s.start()
		if err != nil {
			yield(nil, err)
			return
		}
		read := s.readCSV
		if s.format == NDJSON {
			read = s.readNDJSON
		}
		if err := read(content, func(row *Row) bool { return yield(row, nil) }); err != nil {
			yield(nil, err)
		}
	}
}

// column returns the index of a column by its name, which it adds if the source has no such column.
func (s *source) column(name string) int {
	at, known := s.index[name]
	if !known {
		at = len(s.columns)
		s.index[name] = at
		s.columns = append(s.columns, name)
	}
	return at
}
