package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"google.golang.org/grpc/status"

	"github.com/enlist-dev/enlist/cli/importer"
	"github.com/enlist-dev/enlist/internal/shell"
)

// exitRejected is the exit status of an import whose rows all have an outcome, and some were
// rejected.
const exitRejected = 4

type importCommand struct {
	File         string        `arg:"" optional:"" help:"CSV, TSV or NDJSON; - reads stdin."`
	Provider     string        `help:"Name of the provider." required:"" short:"p" placeholder:"NAME"`
	Map          string        `help:"Paths of columns, constants, ignored columns; YAML." placeholder:"FILE"`
	Format       string        `help:"csv, tsv or ndjson. Default: as FILE is named." enum:",csv,tsv,ndjson" default:"" placeholder:"FORMAT"`
	Delimiter    string        `help:"Character between the cells of CSV." placeholder:"CHAR"`
	Key          string        `help:"Column that identifies a row. Default: customer.id." placeholder:"COLUMN"`
	ID           string        `help:"Name of the import. Default: that of the provider." name:"id" placeholder:"NAME"`
	Template     bool          `help:"Print an empty CSV for the provider."`
	DryRun       bool          `help:"Check every row, and send nothing."`
	RetryRefused bool          `help:"Send rows again that were refused unchanged."`
	Wait         time.Duration `help:"How long to wait for open outcomes. Default: 10m." default:"10m" placeholder:"TIME"`
	Output       string        `help:"Folder for results and rejects. Default: of FILE." short:"o" placeholder:"FOLDER"`
	serverFlags  `embed:""`
}

// Validate checks the flags. Its errors are those of usage.
func (c *importCommand) Validate() error {
	switch {
	case c.File == "" && !c.Template:
		return errors.New("missing argument <file>")
	case c.Wait < 0:
		return errors.New("--wait must be at least 0, for example 10m")
	}
	return c.validate()
}

// Run imports a file, or checks it, or prints a template.
func (c *importCommand) Run(ctx context.Context, s *streams) error {
	connection, err := c.connect()
	if err != nil {
		return err
	}
	defer func() { _ = connection.Close() }()
	if c.Template {
		required, keyed, err := importer.Template(ctx, connection, c.Provider, s.out)
		if err != nil {
			return c.explain(err, map[string]string{"provider": "--provider"})
		}
		_, err = fmt.Fprintf(s.err, "The first %d columns are required, unless a setting or another column fills them. "+
			"Remove columns that you do not need.\n", len(required))
		if len(keyed) > 0 {
			_, err = fmt.Fprintf(s.err, "Add columns with a key or a number where needed, such as customer.properties.KEY and NAME[0], for: %s.\n",
				strings.Join(keyed, ", "))
		}
		return err
	}
	mapping, err := importer.ReadMapping(c.Map)
	if err != nil {
		return err
	}
	if c.Key != "" {
		mapping.Key = c.Key
	}
	_, _, isTerminal := terminalSize(s.err)
	m, err := importer.Prepare(ctx, connection, importer.Options{
		File: c.File, Stdin: s.in, Format: c.Format, Delimiter: c.Delimiter, Mapping: mapping, Provider: c.Provider, ID: c.ID, Folder: c.Output,
		RetryRefused: c.RetryRefused, Wait: c.Wait, Progress: s.err, IsTerminal: isTerminal,
	})
	if err != nil {
		return c.explainImport(err)
	}
	defer func() { _ = m.Close() }()
	if c.DryRun {
		return c.check(ctx, s, m)
	}
	summary := m.Summary()
	_, _ = fmt.Fprintf(s.err, "import %q of %d rows to %s\n", summary.Import, summary.Rows, summary.Provider)
	err = m.Run(ctx)
	if summary.Results == "" || err != nil && summary.Elapsed == 0 { // nothing was sent
		return c.explainImport(err)
	}
	if err := c.printSummary(s.out, summary); err != nil {
		return err
	}
	return c.ended(summary, err)
}

// explainImport explains an error of the server. Others are for people as they are.
func (c *importCommand) explainImport(err error) error {
	var ofServer interface{ GRPCStatus() *status.Status }
	if errors.As(err, &ofServer) {
		return c.explain(ofServer.GRPCStatus().Err(), map[string]string{"provider": "--provider"})
	}
	return err
}

// check prints the violations of all rows.
func (c *importCommand) check(ctx context.Context, s *streams, m *importer.Import) error {
	summary := m.Summary()
	if err := printTable(s.out, []string{"COLUMN", "FIELD"}, rowsOfPairs(summary.Columns)); err != nil {
		return err
	}
	_, _ = fmt.Fprintln(s.out)
	wrong, err := m.Check(ctx, func(violations []importer.Violation) error {
		for _, violation := range violations {
			at := fmt.Sprintf("line %d", violation.Line)
			if violation.Column != "" {
				at += ", column " + printable(violation.Column)
			}
			if violation.Path != "" && violation.Path != violation.Column {
				at += " (" + printable(violation.Path) + ")"
			}
			if _, err := fmt.Fprintf(s.out, "%s: %s\n", at, printable(violation.Message)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return c.explainImport(err)
	}
	if _, err := fmt.Fprintf(s.out, "%d of %d rows are valid. Nothing was sent.\n", summary.Rows-wrong, summary.Rows); err != nil {
		return err
	}
	if wrong > 0 {
		return &failure{fmt.Errorf("%d rows are invalid: fix them in %s", wrong, c.File), exitRejected}
	}
	return nil
}

func rowsOfPairs(pairs [][2]string) [][]string {
	rows := make([][]string, len(pairs))
	for i, pair := range pairs {
		rows[i] = pair[:]
	}
	return rows
}

// printSummary prints how many rows have which outcome, and the files.
func (c *importCommand) printSummary(out io.Writer, summary *importer.Summary) error {
	var rows [][]string
	add := func(outcome string, number int) {
		if number > 0 {
			rows = append(rows, []string{outcome, fmt.Sprint(number)})
		}
	}
	add("created before", summary.Before)
	for _, outcome := range []string{
		importer.Created, importer.Updated, importer.CreatedOrUpdated, importer.Adopted, importer.Rejected, importer.NeedsPerson, importer.Unknown,
	} {
		add(strings.ReplaceAll(outcome, "_", " "), summary.Outcomes[outcome])
	}
	add("left", summary.Left)
	add("blank, skipped", summary.Blank)
	if err := printTable(out, []string{"OUTCOME", "ROWS"}, rows); err != nil {
		return err
	}
	files := [][]string{{"results", summary.Results}}
	if summary.Rejects != "" {
		files = append(files, []string{"rejects", summary.Rejects})
	}
	if summary.Moved != "" {
		files = append(files, []string{"earlier rejects", summary.Moved})
	}
	if err := printSection(out, []string{"FILE", "NAME"}, files); err != nil {
		return err
	}
	var open [][]string
	for _, result := range summary.Open {
		open = append(open, []string{fmt.Sprint(result.Line), result.Key, strings.ReplaceAll(result.Outcome, "_", " "), result.RequestID})
	}
	return printSection(out, []string{"LINE", "KEY", "OUTCOME", "REQUEST_ID"}, open)
}

// ended returns the error of an import, with what to do next.
func (c *importCommand) ended(summary *importer.Summary, stopped error) error {
	people, unknown := summary.Outcomes[importer.NeedsPerson], summary.Outcomes[importer.Unknown]
	again := "\n  " + c.again(c.File)
	var next []string
	exit := 0
	if rejected := summary.Outcomes[importer.Rejected]; rejected > 0 && summary.Left == 0 {
		exit = exitRejected
		next = append(next, fmt.Sprintf("%d rows were rejected: fix them in %s, and run\n  %s",
			rejected, shell.Word(summary.Rejects), c.again(summary.Rejects)))
	}
	if people > 0 {
		exit = exitNeedsPerson
		id := ""
		for _, result := range summary.Open {
			if result.Outcome == importer.NeedsPerson && id == "" {
				id = result.RequestID
			}
		}
		next = append(next, fmt.Sprintf("a person must decide on %d rows: read why, and run the import again after that\n  %s",
			people, c.command("enlist", "operations", "get", id, "-p", c.Provider)))
	}
	if unknown > 0 {
		exit = exitNotSettled
		next = append(next, fmt.Sprintf("the outcome of %d rows is not known yet: run the same command again%s", unknown, again))
	}
	if stopped != nil {
		return &failure{fmt.Errorf("the import stopped with %d rows left: %w\nrun the same command again, it creates no second customer%s",
			summary.Left, c.explainImport(stopped), again), 1}
	}
	if summary.Left > 0 {
		exit = exitNotSettled
		next = append(next, fmt.Sprintf("%d rows are left: run the same command again, it creates no second customer%s", summary.Left, again))
	}
	if exit == 0 {
		return nil
	}
	return &failure{errors.New(strings.Join(next, "\n")), exit}
}

// again returns the command for a file, to paste.
func (c *importCommand) again(file string) string {
	isFirst := file == c.File
	if strings.HasPrefix(file, "-") && file != "-" {
		file = "./" + file // which is no flag
	}
	words := []string{"enlist", "import", file, "--provider=" + c.Provider}
	for _, flag := range []struct{ name, value string }{
		{"map", c.Map}, {"format", c.Format}, {"delimiter", c.Delimiter}, {"key", c.Key}, {"id", c.ID}, {"output", c.Output},
	} {
		isOfFirst := flag.name == "format"
		if flag.value != "" && (isFirst || !isOfFirst) {
			words = append(words, "--"+flag.name+"="+flag.value)
		}
	}
	if c.Wait != 10*time.Minute {
		words = append(words, "--wait="+c.Wait.String())
	}
	if c.RetryRefused && isFirst {
		words = append(words, "--retry-refused")
	}
	return c.command(words...)
}
