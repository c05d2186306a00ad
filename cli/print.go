package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode"
	"unicode/utf16"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// printJSON writes a message as REST returns it, but indented.
func printJSON(out io.Writer, message proto.Message) error {
	text, err := protojson.Marshal(message)
	if err != nil {
		return err
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, text, "", "  "); err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, escaped(indented.String()))
	return err
}

// escaped replaces characters beyond ASCII that a terminal would act on with their JSON escapes.
func escaped(text string) string {
	if !strings.ContainsFunc(text, isUnprintable) {
		return text
	}
	var safe strings.Builder
	for _, r := range text {
		if isUnprintable(r) {
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&safe, "\\u%04x", unit)
			}
			continue
		}
		safe.WriteRune(r)
	}
	return safe.String()
}

func isUnprintable(r rune) bool { return r > unicode.MaxASCII && !unicode.IsPrint(r) }

// printTable writes rows under a header, each column as wide as its widest cell.
func printTable(out io.Writer, header []string, rows [][]string) error {
	var text bytes.Buffer
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	for _, row := range append([][]string{header}, rows...) {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = printable(cell)
		}
		_, _ = fmt.Fprintln(table, strings.Join(cells, "\t")) // a buffer takes everything
	}
	_ = table.Flush()
	for line := range strings.Lines(text.String()) {
		if _, err := fmt.Fprintln(out, strings.TrimRight(line, " \n")); err != nil {
			return err
		}
	}
	return nil
}

// printSection writes a table after an empty line, or nothing if it has no rows.
func printSection(out io.Writer, header []string, rows [][]string) error {
	if len(rows) == 0 {
		return nil
	}
	if _, err := fmt.Fprintln(out); err != nil {
		return err
	}
	return printTable(out, header, rows)
}

func printWarnings(out io.Writer, warnings []*enlistv1.Warning) error {
	rows := make([][]string, len(warnings))
	for i, warning := range warnings {
		rows[i] = []string{shortName(warning.GetCode(), "WARNING_CODE_"), warning.GetPath(), warning.GetMessage()}
	}
	return printSection(out, []string{"WARNING", "FIELD", "MESSAGE"}, rows)
}

// printFates writes a table of the fates of fields.
func printFates(out io.Writer, fields []*enlistv1.FieldFate) error {
	rows := make([][]string, len(fields))
	for i, field := range fields {
		rows[i] = []string{field.GetPath(), shortName(field.GetFate(), "FATE_"), field.GetWireField(), field.GetNote()}
	}
	return printSection(out, []string{"FIELD", "FATE", "VENDOR FIELD", "NOTE"}, rows)
}

// printable escapes what a terminal would act on, and line breaks: a cell may hold a vendor's text.
func printable(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(text)
	}
	return text
}

// shortName returns an enum value as people read it: CREATED for OUTCOME_CREATED.
func shortName(value protoreflect.Enum, prefix string) string {
	name := value.Descriptor().Values().ByNumber(value.Number())
	if name == nil {
		return strconv.Itoa(int(value.Number())) // a newer server
	}
	return strings.TrimPrefix(string(name.Name()), prefix)
}

// rowsOf returns the path and the value of each field that is set in a message, sorted by path.
func rowsOf(message proto.Message) ([][]string, error) {
	fields, err := fieldsOf(message)
	return appendRows(nil, "", fields), err
}

// fieldsOf returns the fields of a message by name, as JSON has them.
func fieldsOf(message proto.Message) (fields map[string]any, err error) {
	text, err := protojson.MarshalOptions{UseProtoNames: true}.Marshal(message)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	err = decoder.Decode(&fields)
	return fields, err
}

func appendRows(rows [][]string, path string, value any) [][]string {
	switch value := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			rows = appendRows(rows, strings.TrimPrefix(path+"."+name, "."), value[name])
		}
		return rows
	case []any:
		for i, item := range value {
			rows = appendRows(rows, fmt.Sprintf("%s[%d]", path, i), item)
		}
		return rows
	default:
		return append(rows, []string{path, fmt.Sprint(value)})
	}
}

// fullName joins the parts of a name.
func fullName(name *enlistv1.PersonName) string {
	return strings.Join(strings.Fields(name.GetTitle()+" "+name.GetGivenName()+" "+name.GetFamilyName()), " ")
}
