package importer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"google.golang.org/grpc"

	"github.com/enlist-dev/enlist/client"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// Options say what to import.
type Options struct {
	// File is the name of the file, or - for Stdin.
	File  string
	Stdin io.Reader
	// Format is CSV, TSV or NDJSON. If it is empty, the name of the file says it.
	Format string
	// Delimiter separates the cells of CSV.
	Delimiter string
	Mapping   Mapping
	// Provider is the name of the provider.
	Provider string
	// ID names the import. If it is empty, it is that of a file of rejects, or the provider's name.
	ID string
	// Folder is for the files of the import. If it is empty, it is that of File.
	Folder string
	// RetryRefused sends rows again that were refused before, although they are the same.
	RetryRefused bool
	// Wait is how long to wait, after the last row, for outcomes that are not known.
	Wait time.Duration
	// Progress is where progress is shown. IsTerminal says that it can show a bar.
	Progress   io.Writer
	IsTerminal bool
}

// Summary counts the outcomes of an import.
type Summary struct {
	Import   string `json:"import"`
	Provider string `json:"provider"`
	Rows     int    `json:"rows"`
	// Before counts the rows that an earlier run created.
	Before int `json:"created_before"`
	// Outcomes counts the rows of each outcome in this run.
	Outcomes map[string]int `json:"outcomes"`
	// Left counts the rows without an outcome, since the run was stopped.
	Left int `json:"left"`
	// Blank counts the rows without a value.
	Blank   int           `json:"blank"`
	Elapsed time.Duration `json:"-"`
	Seconds float64       `json:"seconds"`
	// Results, Rejects and Moved name files: Moved an older file of rejects in another place.
	Results string `json:"results"`
	Rejects string `json:"rejects,omitempty"`
	Moved   string `json:"moved,omitempty"`
	// Open has the first rows that need a person, and those whose outcome is not known.
	Open []*Result `json:"open,omitempty"`
	// Columns says which column sets which path.
	Columns [][2]string `json:"-"`
}

// Import is one run of an import.
type Import struct {
	options    Options
	importID   string
	connection *grpc.ClientConn
	customers  enlistv1.CustomerServiceClient
	operations enlistv1.OperationServiceClient

	source  *source
	columns *columns
	scanned *scan
	results *results
	rejects *rejects

	pace     *pace
	settlers chan struct{}
	progress *progress
	running  context.Context // of the run
	attempts context.Context // of the requests: it outlives the run's for a while
	halt     context.CancelCauseFunc

	mu       sync.Mutex
	hopeless time.Time // when errors began that only an operator can fix
	summary  Summary
}

const (
	// inHand bounds the rows that are read and not settled.
	inHand = 512
	// grace is how long requests may go on after Ctrl-C.
	grace = 10 * time.Second
	// mostOpen bounds the rows that a summary lists.
	mostOpen = 20
)

// Prepare reads the file and checks its columns. It sends nothing but a request for the provider's
// fields. Close closes the file.
func Prepare(ctx context.Context, connection *grpc.ClientConn, options Options) (*Import, error) {
	m := &Import{
		options: options, connection: connection, pace: newPace(), settlers: make(chan struct{}, settleAtOnce),
		customers: enlistv1.NewCustomerServiceClient(connection), operations: enlistv1.NewOperationServiceClient(connection),
	}
	provider, err := describe(ctx, connection, options.Provider)
	if err != nil {
		return nil, err
	}
	if m.source, err = openSource(ctx, options.File, options.Format, options.Delimiter, options.Stdin); err != nil {
		return nil, err
	}
	m.columns = newColumns(m.source, newCatalog(provider, options.Mapping.Constants), options.Mapping)
	if m.scanned, err = scanSource(m.source, m.columns); err != nil {
		return nil, errors.Join(err, m.Close())
	}
	if err := m.setID(); err != nil {
		return nil, errors.Join(err, m.Close())
	}
	m.summary = Summary{
		Import: m.importID, Provider: options.Provider, Rows: m.scanned.rows, Blank: m.scanned.blank, Outcomes: map[string]int{},
	}
	for _, t := range m.columns.targets {
		from := "(constant)"
		if t.column != constant {
			from = m.source.columns[t.column]
		}
		m.summary.Columns = append(m.summary.Columns, [2]string{from, t.name})
	}
	return m, nil
}

// describe returns a provider with its fields.
func describe(ctx context.Context, connection *grpc.ClientConn, name string) (*enlistv1.Provider, error) {
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	response, err := enlistv1.NewProviderServiceClient(connection).GetProvider(ctx, &enlistv1.GetProviderRequest{Provider: name})
	return response.GetProvider(), err
}

func (m *Import) setID() error {
	m.importID = m.options.ID
	switch noted := m.scanned.importID; {
	case noted == "":
	case m.importID == "":
		m.importID = noted
	case m.importID != noted:
		return fmt.Errorf("--id %q is another than in the column %s of the file (%q): omit --id", m.importID, noteImport, noted)
	}
	if m.importID == "" {
		m.importID = m.options.Provider
	}
	if len(m.importID) > 100 || strings.ContainsFunc(m.importID, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return errors.New("--id must have at most 100 bytes, and no control characters")
	}
	return nil
}

// Close closes the file.
func (m *Import) Close() error { return m.source.Close() }

// Summary returns what is known so far.
func (m *Import) Summary() *Summary { return &m.summary }

// Run imports the rows. It returns when each has an outcome, when the wait for outcomes is over, or
// after the context ends. The error says why it stopped before that.
func (m *Import) Run(ctx context.Context) (err error) {
	files := namesFor(m.options.File, m.importID, m.options.Folder)
	if m.results, err = openResults(files.results, m.importID, m.options.Provider); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.results.Close()) }()
	m.summary.Results = files.results
	if m.scanned.isRejects && m.results.keyOf != "" && m.results.keyOf != ofContent {
		m.scanned.byContent = false // a reject that lacks its key still does
	}
	if m.results.keyOf != "" && m.results.keyOf != m.keyOf() {
		return fmt.Errorf("nothing was sent: the rows in %s have the key %q, and now it would be %q. A row would be created once more. "+
			"Name the same column with --key", files.results, m.results.keyOf, m.keyOf())
	}
	if err := m.scanned.editedRows(m.results.known, files.results); err != nil {
		return err
	}
	m.scanned.keys = nil
	if m.rejects, err = newRejects(files, m.columns, m.importID); err != nil {
		return err
	}
	if err := m.isRemembered(ctx); err != nil {
		_, closing := m.rejects.finish(false)
		return errors.Join(err, closing)
	}
	began := time.Now()
	m.progress = startProgress(m.options.Progress, m.options.IsTerminal, m.scanned.rows, m.counts)
	err = m.run(ctx)
	m.progress.stop()
	m.summary.Elapsed = time.Since(began)
	m.summary.Seconds = m.summary.Elapsed.Seconds()
	settled := m.summary.Before
	for _, rows := range m.summary.Outcomes {
		settled += rows
	}
	m.summary.Left = m.summary.Rows - settled
	m.summary.Rejects = files.partial
	isComplete := err == nil && m.summary.Left == 0
	moved, closing := m.rejects.finish(isComplete)
	m.summary.Moved = moved
	if isComplete {
		m.summary.Rejects = files.rejects
	}
	if m.rejects.rows == 0 {
		m.summary.Rejects = ""
	}
	return errors.Join(err, closing)
}

// keyOf says what the keys of the rows are.
func (m *Import) keyOf() string {
	switch {
	case m.scanned.isRejects && m.results.keyOf != "":
		return m.results.keyOf // which the file has kept
	case m.scanned.byContent:
		return ofContent
	case m.columns.mapping.Key == "":
		return customerID
	default:
		return "column " + m.columns.mapping.Key
	}
}

// isRemembered returns an error if the server does not know the row that was sent last. It may then
// have forgotten others, which it would create once more.
func (m *Import) isRemembered(ctx context.Context) error {
	if m.results.latest == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	_, err := m.operations.GetOperation(ctx, &enlistv1.GetOperationRequest{Provider: m.options.Provider, RequestId: m.results.latest.RequestID})
	if client.Reason(err) == enlistv1.ErrorReason_OPERATION_NOT_FOUND {
		return fmt.Errorf("nothing was sent: the server does not know request_id %s, which was sent before %s. "+
			"Use the server and the credentials of that run. If its journal was restored and has an open gap, move %s away: "+
			"Enlist then looks up each customer first", m.results.latest.RequestID, m.results.latest.Time.Format(time.RFC3339), m.summary.Results)
	}
	return err
}

func (m *Import) run(ctx context.Context) error {
	ctx, m.halt = context.WithCancelCause(ctx)
	defer m.halt(nil)
	m.running = ctx
	attempts, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	m.attempts = attempts
	defer context.AfterFunc(ctx, func() {
		if sleep(attempts, grace) {
			cancel()
		}
	})()
	waiting, over := context.WithCancel(ctx) // for outcomes
	defer over()

	var rows sync.WaitGroup
	places := make(chan struct{}, inHand)
	err := m.each(ctx, func(row *Row, key string) error {
		select {
		case places <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := m.pace.begin(ctx, true); err != nil {
			m.pace.end()
			return err
		}
		rows.Go(func() {
			defer func() { <-places }()
			m.one(waiting, row, key)
		})
		return nil
	})
	settled := make(chan struct{})
	go func() { rows.Wait(); close(settled) }()
	wait := time.NewTimer(m.options.Wait)
	defer wait.Stop()
	select {
	case <-settled:
	case <-ctx.Done():
		<-settled
	case <-wait.C:
		over()
		<-settled
	}
	if stopped := context.Cause(ctx); stopped != nil && !errors.Is(stopped, context.Canceled) {
		return stopped
	}
	if errors.Is(err, context.Canceled) {
		return nil // the rows that are left say so
	}
	return err
}

// each calls a function for each row that an earlier run did not create, and that has a key of its
// own.
func (m *Import) each(ctx context.Context, begin func(row *Row, key string) error) error {
	for row, err := range m.source.rows() {
		switch {
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case row.isBlank():
			continue
		}
		key := m.columns.keyOf(row, m.scanned.byContent)
		if wrong := m.keyProblem(row, key); wrong != nil {
			err = m.reject(&job{row: row, key: key}, *wrong, "Give each row a key of its own, in this file, and import it.")
		} else if earlier, is := m.results.known.find(digestOf(key)); is && earlier.created {
			err = m.createdBefore(row, key, earlier)
		} else {
			err = begin(row, key)
		}
		if err != nil {
			return err
		}
	}
	return m.source.unchanged()
}

// keyProblem says what is wrong with the key of a row.
func (m *Import) keyProblem(row *Row, key string) *Violation {
	column := ""
	if m.columns.key != constant && !strings.HasPrefix(key, contentPrefix) {
		column = m.source.columns[m.columns.key]
	}
	if key == "" {
		return &Violation{Line: row.Line, Column: column, Message: "must be set, since it is the key of the row. Or name another column with --key"}
	}
	lines := m.scanned.twice[digestOf(key)]
	if len(lines) == 0 {
		return nil
	}
	others := slices.DeleteFunc(slices.Clone(lines), func(line uint32) bool { return int(line) == row.Line })
	text := strings.Trim(fmt.Sprint(others[:min(len(others), 10)]), "[]")
	message := "is also the key of line " + text + ". None of these rows was sent"
	if column == "" {
		message = "The row is the same as line " + text + ". None of these rows was sent. To create them all, name a column that differs with --key"
	}
	return &Violation{Line: row.Line, Column: column, Message: message}
}

// createdBefore counts a row that an earlier run created.
func (m *Import) createdBefore(row *Row, key string, earlier known) error {
	content := m.columns.contentOf(row)
	if earlier.has(content) {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.summary.Before++
		return nil
	}
	message := "The row was changed after it created a customer. Enlist sent nothing."
	return m.reject(&job{row: row, key: key, content: content}, Violation{Line: row.Line, Message: message}, rowChangedToDo)
}

// reject rejects a row for which no request was made.
func (m *Import) reject(j *job, wrong Violation, toDo string) error {
	return m.settled(j, m.unsent(j, []Violation{wrong}, toDo))
}

// unsent is the verdict on a row for which no request was made.
func (m *Import) unsent(j *job, wrong []Violation, toDo string) verdict {
	result := m.result(j, Rejected, enlistv1.ErrorReason_INVALID_FIELD, nil)
	result.RequestID, result.Operation = "", ""
	return verdict{result: result, violations: wrong, toDo: toDo}
}

// one settles a row and records its outcome.
func (m *Import) one(ctx context.Context, row *Row, key string) {
	j := &job{row: row, key: key, content: m.columns.contentOf(row)}
	request, wrong := m.columns.request(row)
	j.request = request
	var v verdict
	if len(wrong) > 0 {
		wrong = append(wrong, m.further(m.attempts, row, request, wrong)...)
		m.pace.end()
		v = m.unsent(j, wrong, fixFields)
	} else {
		v = m.settle(ctx, j)
	}
	if v.stop != nil {
		m.halt(v.stop)
		return
	}
	if v.result == nil {
		if m.running.Err() != nil || v.last == nil { // the next run goes on with it
			return
		}
		v.result = m.result(j, Unknown, client.Reason(v.last), v.last)
	}
	if err := m.settled(j, v); err != nil {
		m.halt(err)
	}
}

// settled records the outcome of a row.
func (m *Import) settled(j *job, v verdict) error {
	if v.result.Outcome == Rejected {
		_, v.result.Message = inWords(v.violations)
		noted := j.key
		if len(m.scanned.twice[digestOf(j.key)]) > 0 {
			noted = "" // so that the row has the key that a person gives it
		}
		if err := m.rejects.write(j.row, noted, v.violations, v.toDo); err != nil {
			return err
		}
	}
	m.mu.Lock()
	m.summary.Outcomes[v.result.Outcome]++
	if (v.result.Outcome == NeedsPerson || v.result.Outcome == Unknown) && len(m.summary.Open) < mostOpen {
		m.summary.Open = append(m.summary.Open, v.result)
	}
	m.mu.Unlock()
	if earlier, is := m.results.known.find(digestOf(j.key)); is && v.result.Outcome == Rejected && earlier.rejected && earlier.has(j.content) {
		return nil // it has this line
	}
	return m.results.write(v.result)
}

// responded counts a response about a row.
func (m *Import) responded() {
	m.pace.responded()
	m.progress.notice("")
	m.mu.Lock()
	m.hopeless = time.Time{}
	m.mu.Unlock()
}

// isHopeless reports whether nothing but errors came for long that an operator must fix.
func (m *Import) isHopeless() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.hopeless.IsZero() {
		m.hopeless = time.Now()
	}
	return time.Since(m.hopeless) > patience
}

// counts returns what progress shows: the rows that are settled, those of them that an earlier run
// created, and how many have which outcome.
func (m *Import) counts() (settled, before int, text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var parts []string
	add := func(rows int, what string) {
		if rows > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", rows, what))
		}
		settled += rows
	}
	add(m.summary.Before, "created before")
	for _, outcome := range []string{Created, Updated, CreatedOrUpdated, Adopted, Rejected, NeedsPerson, Unknown} {
		add(m.summary.Outcomes[outcome], strings.ReplaceAll(outcome, "_", " "))
	}
	return settled, m.summary.Before, strings.Join(parts, ", ")
}
