package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"github.com/google/uuid"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/journal/sqlite"
	"github.com/enlist-dev/enlist/once"
)

// This file is about the list of erased operations. A backup that is older than an erasure brings
// the data back. The list says what to erase again. It has no personal data: one JSON object for
// each operation, with its provider, its caller and its request_id, after one that says what it is.

// erasedFormat is what the first line of a list says.
const erasedFormat = "enlist-erased-operations-1"

type erasedHead struct {
	Format string    `json:"format"`
	Time   time.Time `json:"time"`
	Count  int       `json:"count"`
}

type erasedLine struct {
	Provider  string    `json:"provider"`
	Principal string    `json:"principal,omitempty"`
	RequestID uuid.UUID `json:"request_id"`
}

// writeErased writes a list to a new file.
func writeErased(path string, keys []journal.Key) (err error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the path is the operator's
	if errors.Is(err, fs.ErrExist) {
		return existsAlready(path)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	text := bufio.NewWriter(file)
	lines := json.NewEncoder(text)
	if err := lines.Encode(erasedHead{erasedFormat, time.Now().UTC().Truncate(time.Second), len(keys)}); err != nil {
		return err
	}
	for _, key := range keys {
		if err := lines.Encode(erasedLine{key.Provider, key.Principal, key.RequestID}); err != nil {
			return err
		}
	}
	return errors.Join(text.Flush(), file.Sync())
}

func existsAlready(path string) error { return fmt.Errorf("%s exists already. Name a new file", path) }

// readErased reads a list. It refuses one that is incomplete.
func readErased(path string) (keys []journal.Key, err error) {
	file, err := os.Open(path) //nolint:gosec // the path is the operator's
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // it was only read
	lines := json.NewDecoder(bufio.NewReader(file))
	var head erasedHead
	if err := lines.Decode(&head); err != nil || head.Format != erasedFormat {
		return nil, fmt.Errorf("%s is no list of erased operations. Name a file that enlist backup wrote beside a copy", path)
	}
	for lines.More() {
		var line erasedLine
		if err := lines.Decode(&line); err != nil {
			return nil, fmt.Errorf("%s is damaged after line %d. Use another list", path, len(keys)+1)
		}
		keys = append(keys, journal.Key{Principal: line.Principal, Provider: line.Provider, RequestID: line.RequestID})
	}
	if len(keys) != head.Count {
		return nil, fmt.Errorf("%s has %d of its %d operations. Use a complete list", path, len(keys), head.Count)
	}
	return keys, nil
}

// erasedIn lists the tombstones of a journal.
func erasedIn(ctx context.Context, config *configv1.Journal, log *slog.Logger) (keys []journal.Key, err error) {
	if config.GetPostgres().GetDsn() == "" {
		return sqlite.Erased(ctx, config.GetSqlite().GetPath())
	}
	store, err := openPostgres(ctx, config, log)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	query := journal.Query{Everybody: true, State: enlistv1.OperationState_OPERATION_STATE_ERASED, Limit: 1000}
	for {
		rows, err := store.List(ctx, query)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			keys = append(keys, journal.Key{Principal: row.Principal, Provider: row.Provider, RequestID: row.RequestID})
			query.After = &journal.Position{Created: row.Created, Provider: row.Provider, RequestID: row.RequestID}
		}
		if len(rows) < query.Limit {
			return keys, nil
		}
	}
}

// eraseAgain repeats the erasures of lists in a restored journal. It returns how many the journal
// had lost.
func eraseAgain(ctx context.Context, config *configv1.Journal, keys []journal.Key, log *slog.Logger) (count int, err error) {
	opened, err := openJournal(ctx, config, log, nil)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	for _, key := range keys {
		changed, err := once.EraseListed(ctx, opened, key, "enlist restore")
		if err != nil {
			return count, err
		}
		if changed {
			count++
		}
	}
	_, err = opened.Scrub(ctx)
	return count, err
}
