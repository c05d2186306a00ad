package importer

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Mapping says what the columns of a file are, as far as their names do not.
type Mapping struct {
	// Columns has the path of a column.
	Columns map[string]string
	// Constants has the value of a path for all rows.
	Constants map[string]string
	// Ignored lists the columns that are not sent.
	Ignored []string
	// Key is the column that identifies a row.
	Key string
}

// mappingFile is the YAML of a Mapping. Values are texts as they are written: NO is not false.
type mappingFile struct {
	Columns   map[string]yaml.Node `yaml:"columns"`
	Constants map[string]yaml.Node `yaml:"constants"`
	Ignored   []yaml.Node          `yaml:"ignored"`
	Key       yaml.Node            `yaml:"key"`
}

// ReadMapping reads a mapping file. It returns an empty Mapping if the name is empty.
func ReadMapping(name string) (Mapping, error) {
	if name == "" {
		return Mapping{}, nil
	}
	opened, err := os.Open(name) //nolint:gosec // the user names the file
	if err != nil {
		return Mapping{}, err
	}
	defer func() { _ = opened.Close() }()
	decoder := yaml.NewDecoder(opened)
	decoder.KnownFields(true)
	var file mappingFile
	if err := decoder.Decode(&file); err != nil && !errors.Is(err, io.EOF) {
		return Mapping{}, fmt.Errorf("%s must have columns, constants, ignored and key only, in YAML: %w", name, err)
	}
	mapping := Mapping{Columns: map[string]string{}, Constants: map[string]string{}}
	texts := func(section string, nodes map[string]yaml.Node, into map[string]string) {
		for key, node := range nodes {
			if node.Kind != yaml.ScalarNode || node.Value == "" {
				err = errors.Join(err, fmt.Errorf("%s: %s: %s must have one value, which is not empty", name, section, key))
			}
			into[key] = node.Value
		}
	}
	texts("columns", file.Columns, mapping.Columns)
	texts("constants", file.Constants, mapping.Constants)
	for _, node := range file.Ignored {
		if node.Kind != yaml.ScalarNode {
			err = errors.Join(err, fmt.Errorf("%s: ignored must be a list of columns", name))
		}
		mapping.Ignored = append(mapping.Ignored, node.Value)
	}
	mapping.Key = file.Key.Value
	for _, column := range mapping.Ignored {
		if _, is := mapping.Columns[column]; is {
			err = errors.Join(err, fmt.Errorf("%s: column %q has a path and is ignored: remove one of both", name, column))
		}
	}
	slices.Sort(mapping.Ignored)
	return mapping, err
}
