package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/providers/certify"
	"github.com/enlist-dev/enlist/server/config"
)

type certifyCommand struct {
	Config              string        `help:"Configuration file (YAML)." type:"path" required:"" placeholder:"FILE"`
	Provider            string        `help:"Name of the provider." short:"p" required:"" placeholder:"NAME"`
	Create              bool          `help:"Create marked test customers. Without it, only read."`
	Marker              string        `help:"Marker of test customers. Default: date and random." placeholder:"TEXT"`
	Request             string        `help:"Values for test customers (YAML), such as codes." type:"path" placeholder:"FILE"`
	Customer            string        `help:"Existing customer to read, too." placeholder:"ID"`
	SkipWrongCredential bool          `help:"Do not log in once with a wrong secret."`
	Wait                time.Duration `help:"How long a new customer may stay invisible. Default: ${default}." default:"2m" placeholder:"TIME"`
	Report              string        `help:"JSON report; - is standard output." placeholder:"FILE"`
	Markdown            string        `help:"Markdown report; - is standard output." placeholder:"FILE"`
}

// Help says what the command does.
func (certifyCommand) Help() string {
	return "One login has a wrong secret on purpose. Exit status: 0 all checks passed, " +
		"4 one failed, 1 they could not run or were stopped."
}

// exitChecksFailed is the exit status of a certification with a failed check.
const exitChecksFailed = 4

var validMarker = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{3,23}$`)

// Validate checks the flags.
func (c *certifyCommand) Validate() error {
	switch {
	case c.Marker != "" && !validMarker.MatchString(c.Marker):
		return errors.New("--marker must have 4 to 24 letters, digits and hyphens, and begin with a letter")
	case c.Report != "" && c.Report == c.Markdown:
		return errors.New("--report and --markdown cannot both be standard output, or the same file")
	case c.Wait <= 0 || c.Wait > time.Hour:
		return errors.New("--wait must be more than 0s and at most 1h")
	}
	return nil
}

func (c *certifyCommand) Run(ctx context.Context, s *streams) error {
	settings, err := c.settings()
	if err != nil {
		return err
	}
	for _, name := range []string{c.Report, c.Markdown} { // before anything is created
		if name != "" && name != "-" {
			if err := canWrite(name); err != nil {
				return err
			}
		}
	}
	settings.Progress = func(check *certify.Check) { printProgress(s.err, check) }
	report, err := certify.Run(ctx, settings)
	if report == nil {
		return err
	}
	report.Enlist = thisBuild().String()
	if lost := c.write(s, report); lost != nil {
		return lost
	}
	switch {
	case err != nil:
		return fmt.Errorf("provider %s cannot be reached. Check base_url and the network", c.Provider)
	case report.Result == certify.Failed:
		return &failure{fmt.Errorf("%d of %d checks failed", report.Count(certify.Failed), len(report.Checks)), exitChecksFailed}
	case report.Result == certify.Incomplete:
		return errors.New("stopped before all checks had run")
	}
	return nil
}

// settings reads the configuration and the operator's request.
func (c *certifyCommand) settings() (certify.Settings, error) {
	settings := certify.Settings{
		Create: c.Create, Marker: c.Marker, Customer: c.Customer, WrongCredential: !c.SkipWrongCredential, Wait: c.Wait,
	}
	configuration, err := config.Load(c.Config)
	if err != nil {
		return settings, err
	}
	var names []string
	for _, provider := range configuration.GetProviders() {
		if names = append(names, provider.GetName()); provider.GetName() == c.Provider {
			settings.Config = proto.CloneOf[*configv1.Provider](provider)
		}
	}
	if settings.Config == nil {
		return settings, fmt.Errorf("%s has no provider %s. It has %s", c.Config, c.Provider, strings.Join(names, ", "))
	}
	if c.Request != "" {
		text, err := os.ReadFile(c.Request)
		if err == nil {
			settings.Request, err = certify.ReadRequest(text)
		}
		if err != nil {
			return settings, fmt.Errorf("--request %s: %w", c.Request, err)
		}
	}
	return settings, nil
}

// write writes the reports to their files, and the table to standard output, unless a report is
// there.
func (c *certifyCommand) write(s *streams, report *certify.Report) error {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(report); err != nil {
		return err
	}
	out := s.out
	var lost error // the tables still name the test customers
	for name, content := range map[string]string{c.Report: text.String(), c.Markdown: report.Markdown()} {
		var err error
		switch name {
		case "":
			continue
		case "-":
			out = s.err
			_, err = io.WriteString(s.out, escaped(content))
		default:
			err = writeFile(name, []byte(content), 0o600, true)
		}
		lost = errors.Join(lost, err)
	}
	return errors.Join(lost, printReport(out, report))
}

// printProgress prints a line about a check.
func printProgress(out io.Writer, check *certify.Check) {
	_, _ = fmt.Fprintf(out, "%-8s %-18s %s\n", check.Result, check.Name, check.Title)
	for _, reason := range check.Reasons {
		if check.Result == certify.Failed {
			_, _ = fmt.Fprintf(out, "         %s\n", onTerminal(reason))
		}
	}
}

// shortened cuts a long value of a table. The reports have all of it.
func shortened(text string) string {
	const most = 40
	if characters := []rune(text); len(characters) > most {
		return string(characters[:most-1]) + "…"
	}
	return text
}

// printReport prints the tables at the end.
func printReport(out io.Writer, report *certify.Report) error {
	var rows [][]string
	for _, check := range report.Checks {
		details := check.Notes
		if check.Result != certify.Passed {
			details = check.Reasons
		}
		rows = append(rows, []string{check.Name, string(check.Result), fmt.Sprintf("%.0f ms", check.Took), strings.Join(details, " ")})
	}
	if err := printSection(out, []string{"CHECK", "RESULT", "TOOK", "DETAILS"}, rows); err != nil {
		return err
	}
	rows = nil
	for _, found := range report.Differences {
		rows = append(rows, []string{string(found.Kind), found.Where(), found.Note})
	}
	if err := printSection(out, []string{"DIFFERENCE", "WHERE", "NOTE"}, rows); err != nil {
		return err
	}
	rows = nil
	for _, setting := range report.Settings {
		rows = append(rows, []string{setting.Name, setting.Configured, setting.Suggested, setting.Why})
	}
	if err := printSection(out, []string{"SETTING", "CONFIGURED", "SUGGESTED", "WHY"}, rows); err != nil {
		return err
	}
	if report.YAML != "" {
		if _, err := fmt.Fprintf(out, "\n%s", report.YAML); err != nil {
			return err
		}
	}
	rows = nil
	var remedies []string
	for _, made := range report.Customers {
		rows = append(rows, []string{shortened(made.ID), shortened(made.Email), made.State})
		if !slices.Contains(remedies, made.Remove) {
			remedies = append(remedies, made.Remove)
		}
	}
	if err := printSection(out, []string{"TEST CUSTOMER", "EMAIL", "STATE"}, rows); err != nil {
		return err
	}
	for _, remedy := range remedies {
		_, _ = fmt.Fprintf(out, "\n%s\n", wrap(remedy, 0))
	}
	_, err := fmt.Fprintf(out, "\n%s: %s, %d checks passed, %d failed, %d skipped, %d differences\n", report.Provider, report.Result,
		report.Count(certify.Passed), report.Count(certify.Failed), report.Count(certify.Skipped), len(report.Differences))
	return err
}
