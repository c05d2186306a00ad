package cli

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/journal/postgres"
	"github.com/enlist-dev/enlist/journal/sqlite"
)

// openJournal opens the journal that a configuration names.
func openJournal(ctx context.Context, config *configv1.Journal, log *slog.Logger, metrics prometheus.Registerer) (*journal.Journal, error) {
	keys, err := journalKeys(config)
	if err != nil {
		return nil, err
	}
	var store journal.Store
	if dsn := config.GetPostgres().GetDsn(); dsn != "" {
		store, err = postgres.Open(ctx, dsn, postgres.Options{})
	} else {
		store, err = sqlite.Open(ctx, config.GetSqlite().GetPath(), sqlite.Options{Metrics: metrics})
	}
	if err != nil {
		return nil, err
	}
	opened, err := journal.New(ctx, store, journal.Options{Keys: keys, Replica: uuid.NewString(), Log: log, Metrics: metrics})
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return opened, nil
}

// journalConnection checks whether the keys of a configuration can read its journal. It writes
// nothing.
func journalConnection(config *configv1.Journal) *connection {
	kind, look := "sqlite", func(ctx context.Context) (*journal.Peek, error) {
		return sqlite.Look(ctx, config.GetSqlite().GetPath())
	}
	if dsn := config.GetPostgres().GetDsn(); dsn != "" {
		kind, look = "postgres", func(ctx context.Context) (*journal.Peek, error) { return postgres.Look(ctx, dsn) }
	}
	return &connection{name: "journal", kind: kind, ask: func(ctx context.Context) (string, error) {
		found, err := look(ctx)
		if err != nil {
			return "", err
		}
		if found.New {
			return "connected; the first start creates the schema", nil
		}
		keys, err := journalKeys(config)
		if err != nil {
			return "", err
		}
		return "connected, the keys are correct", found.CheckKeys(keys)
	}}
}

// journalKeys returns the keys of the configuration. For an SQLite journal without keys, it returns
// the key in the file beside the journal.
func journalKeys(config *configv1.Journal) ([][]byte, error) {
	texts := config.GetEncryptionKeys()
	if len(texts) == 0 {
		text, err := keyBeside(config.GetSqlite().GetPath())
		if err != nil {
			return nil, err
		}
		texts = []string{text}
	}
	keys := make([][]byte, len(texts))
	for i, text := range texts {
		key, err := base64.StdEncoding.DecodeString(text)
		if err != nil || len(key) != 32 {
			return nil, errors.New("an encryption key of the journal is not 32 bytes in base64. `openssl rand -base64 32` generates one")
		}
		keys[i] = key
	}
	return keys, nil
}

// keyBeside reads the key of an SQLite journal from the file beside it. For a new journal, it makes
// the key first.
func keyBeside(path string) (string, error) {
	file := path + ".key"
	text, err := os.ReadFile(file) //nolint:gosec // the operator names the journal
	if err == nil {
		return strings.TrimSpace(string(text)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("cannot read the key of the journal: %w", err)
	}
	if _, err := os.Stat(path); err == nil {
		return "", fmt.Errorf("the journal %s exists, but its key %s does not. Restore the key file, or set journal.encryption_keys", path, file)
	}
	if err := makeKey(file); err != nil {
		return "", fmt.Errorf("cannot create the key of the journal: %w", err)
	}
	text, err = os.ReadFile(file) //nolint:gosec // the operator names the journal
	return strings.TrimSpace(string(text)), err
}

// makeKey writes a new key to a file, unless another process did so first. The whole key is on disk
// before it encrypts anything, because a journal without its key is lost.
func makeKey(file string) error {
	var key [32]byte
	_, _ = rand.Read(key[:]) // never fails
	err := writeFile(file, []byte(base64.StdEncoding.EncodeToString(key[:])+"\n"), 0o600, false)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	return err
}

// temporaryJournal returns the configuration of a journal for the built-in sandbox, and a function
// that removes the journal.
func temporaryJournal() (config *configv1.Journal, remove func(), err error) {
	folder, err := os.MkdirTemp("", "enlist-journal-")
	if err != nil {
		return nil, nil, err
	}
	config = &configv1.Journal{Store: &configv1.Journal_Sqlite{Sqlite: &configv1.Sqlite{Path: folder + "/enlist.db"}}}
	return config, func() { _ = os.RemoveAll(folder) }, nil
}
