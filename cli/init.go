package cli

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/enlist-dev/enlist/internal/shell"
	"github.com/enlist-dev/enlist/providers/registry"
)

// sandboxConfiguration has every vendor at the sandbox.
//
//go:embed configuration/sandbox.yaml
var sandboxConfiguration []byte

const (
	// schemaFile is the JSON Schema of the configuration, beside the configuration. So editors find
	// it without a network, and it fits the binary that wrote it.
	schemaFile = "enlist.schema.json"
	// schemaComment begins the line that names the schema to editors.
	schemaComment = "# yaml-language-server: $schema="
)

type initCommand struct {
	Vendor example `help:"What to connect to: ${enum}. Default: ${default}." enum:"${examples}" default:"sandbox" placeholder:"NAME"`
	Output string  `help:"File to write, or - for standard output. Default: ${default}." short:"o" default:"enlist.yaml" placeholder:"FILE"`
	Force  bool    `help:"Overwrite the file if it exists."`
}

// Help says what else the command writes.
func (initCommand) Help() string {
	return "Secrets stay in environment variables, which the command lists. Beside the configuration it " +
		"writes " + schemaFile + ", with which editors complete and check settings."
}

func (c *initCommand) Run(s *streams) error {
	_, text, _ := bytes.Cut(c.Vendor.configuration(), []byte("\n")) // the first line has the path of the schema in the repository
	if c.Output == "-" {
		_, err := s.out.Write(text)
		return errors.Join(err, c.printNext(s.err, text, "FILE"))
	}
	if _, err := os.Lstat(c.Output); err == nil && !c.Force {
		return fmt.Errorf("%s exists. Overwrite it with --force, or name another file with --output", c.Output)
	}
	schema := filepath.Join(filepath.Dir(c.Output), schemaFile)
	if err := writeFile(schema, s.schema, 0o644, true); err != nil {
		return err
	}
	text = slices.Concat([]byte(schemaComment+schemaFile+"\n"), text)
	if err := writeFile(c.Output, text, 0o600, c.Force); err != nil {
		return err
	}
	if _, err := fmt.Fprintf(s.out, "Wrote %s, and %s for editors.\n", c.Output, schema); err != nil {
		return err
	}
	return c.printNext(s.out, text, c.Output)
}

// variables finds the environment variables of a configuration, outside its comments.
var variables = regexp.MustCompile(`(?m)^[^#\n]*\$\{(\w+)\}`)

// printNext prints what to do with a configuration.
func (c *initCommand) printNext(w io.Writer, text []byte, file string) error {
	var next strings.Builder
	next.WriteString("\nNext:\n")
	if c.Vendor == "sandbox" {
		next.WriteString("  enlist sandbox    # in another terminal\n")
	}
	for _, found := range variables.FindAllSubmatch(text, -1) {
		fmt.Fprintf(&next, "  export %s=…\n", found[1])
	}
	fmt.Fprintf(&next, "  enlist check --config %[1]s --connect\n  enlist serve --config %[1]s\n", shell.Word(file))
	_, err := io.WriteString(w, next.String())
	return err
}

// example is the name of an example configuration.
type example string

// examples are the names, in the order of docs/configuration.md.
func examples() []string {
	names := []string{"sandbox"}
	for _, vendor := range registry.All() {
		names = append(names, vendor.Name())
	}
	return names
}

// configuration returns the text of the example.
func (e example) configuration() []byte {
	for _, vendor := range registry.All() {
		if vendor.Name() == string(e) {
			return vendor.Configuration
		}
	}
	return sandboxConfiguration
}

// UnmarshalText reads a name in any spelling: SellAndSign, sell-and-sign, VENDOR_SELL_AND_SIGN.
func (e *example) UnmarshalText(text []byte) error {
	name := strings.NewReplacer("_", "", "-", "", "&", "and", " ", "").Replace(strings.ToLower(string(text)))
	name = strings.TrimPrefix(name, "vendor")
	if slices.Contains(examples(), name) {
		*e = example(name)
		return nil
	}
	problem := fmt.Sprintf("%q is not one of %s", text, strings.Join(examples(), ", "))
	for _, known := range examples() {
		if len(name) > 2 && (strings.HasPrefix(known, name) || 2*sharedEnds(name, known) > max(len(name), len(known))) {
			return fmt.Errorf("%s, did you mean %q?", problem, known)
		}
	}
	return errors.New(problem)
}

// sharedEnds counts the letters at the beginning and at the end that two names share. A letter that
// is missing, wrong or swapped leaves most of them.
func sharedEnds(a, b string) int {
	shortest, first := min(len(a), len(b)), 0
	for first < shortest && a[first] == b[first] {
		first++
	}
	last := 0
	for last < shortest-first && a[len(a)-1-last] == b[len(b)-1-last] {
		last++
	}
	return first + last
}
