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
	"path/filepath"
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
	store, err := openStore(ctx, config, log, metrics)
	if err != nil {
		return nil, err
	}
	keys, err := journalKeys(ctx, config, keyToOpen)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	if warning := readableKey(config); warning != "" {
		log.WarnContext(ctx, "journal: "+warning)
	}
	opened, err := journal.New(ctx, store, journal.Options{
		Keys: keys, Replica: uuid.NewString(), StateFolder: replicasFolder(ctx, config, log), Log: log, Metrics: metrics,
	})
	if err != nil {
		return nil, errors.Join(withGenerated(config, err), store.Close())
	}
	return opened, nil
}

// openStore opens the database of a journal. A new SQLite journal gets its tables before its key.
// So a key file without a database shows that the database was lost.
func openStore(ctx context.Context, config *configv1.Journal, log *slog.Logger, metrics prometheus.Registerer) (journal.Store, error) {
	if config.GetPostgres().GetDsn() != "" {
		store, err := openPostgres(ctx, config, log)
		if err != nil {
			return nil, err
		}
		return store, nil
	}
	if err := refuseKeyAlone(config); err != nil {
		return nil, err
	}
	if _, err := decodeKeys(config.GetEncryptionKeys()); err != nil {
		return nil, err // before the file is made
	}
	store, err := sqlite.Open(ctx, config.GetSqlite().GetPath(), sqlite.Options{GapLasts: config.GetGapLasts().AsDuration(), Metrics: metrics, Log: log})
	if err != nil {
		return nil, err
	}
	return store, nil
}

func openPostgres(ctx context.Context, config *configv1.Journal, log *slog.Logger) (*postgres.Store, error) {
	return postgres.Open(ctx, config.GetPostgres().GetDsn(), postgres.Options{
		Durability: durabilityOf(config), GapLasts: config.GetGapLasts().AsDuration(), Logger: log,
	})
}

// durabilityOf returns what a promotion of the configured PostgreSQL server may lose.
func durabilityOf(config *configv1.Journal) postgres.Durability {
	switch config.GetPostgres().GetDurability() {
	case configv1.Postgres_DURABILITY_SYNCHRONOUS:
		return postgres.Synchronous
	case configv1.Postgres_DURABILITY_MANAGED:
		return postgres.Managed
	case configv1.Postgres_DURABILITY_UNSPECIFIED, configv1.Postgres_DURABILITY_SINGLE_NODE:
	}
	return postgres.SingleNode
}

// refuseKeyAlone returns an error if an SQLite journal has a key beside it but no content.
func refuseKeyAlone(config *configv1.Journal) error {
	path := config.GetSqlite().GetPath()
	if path == "" || len(config.GetEncryptionKeys()) > 0 {
		return nil
	}
	if _, err := os.Stat(path + keySuffix); err != nil {
		return nil //nolint:nilerr // no key that says so; reading the key says what is wrong with it
	}
	if info, err := os.Stat(path); err == nil && info.Size() > 0 {
		return nil
	}
	return fmt.Errorf("the journal %[1]s is missing or empty, but its key %[1]s%[2]s exists. Restore %[1]s from a backup. "+
		"To begin with an empty journal, which forgets every creation, delete %[1]s%[2]s and %[1]s.seq", path, keySuffix)
}

// journalConnection checks whether the keys of a configuration can read its journal. It changes
// nothing.
func journalConnection(config *configv1.Journal) *connection {
	how := ""
	kind, look := "sqlite", func(ctx context.Context) (*journal.Peek, error) {
		if err := sqlite.CheckAccess(config.GetSqlite().GetPath()); err != nil {
			return nil, err
		}
		return sqlite.Look(ctx, config.GetSqlite().GetPath())
	}
	if dsn := config.GetPostgres().GetDsn(); dsn != "" {
		kind, look = "postgres", func(ctx context.Context) (*journal.Peek, error) {
			pooling, err := postgres.FindPooling(ctx, dsn)
			if err != nil {
				return nil, err
			}
			how = " " + string(pooling)
			return postgres.Look(ctx, dsn, durabilityOf(config))
		}
	}
	return &connection{name: "journal", kind: kind, ask: func(ctx context.Context) (string, error) {
		if err := refuseKeyAlone(config); err != nil {
			return "", err
		}
		found, err := look(ctx)
		if err != nil {
			return "", err
		}
		if found.New {
			return "connected" + how + "; the first start creates the schema", checkNew(config)
		}
		keys, err := journalKeys(ctx, config, keyToLook)
		if err != nil {
			return "", err
		}
		if keys == nil {
			return "connected" + how + "; the next start creates the key", checkNew(config)
		}
		if err := found.CheckKeys(keys); err != nil {
			return "", withGenerated(config, err)
		}
		how += ", the keys are correct" + gapOf(found)
		if warning := readableKey(config); warning != "" {
			how += "; " + warning
		}
		return "connected" + how, nil
	}}
}

// gapOf says which gap is open, or which one the next start opens.
func gapOf(found *journal.Peek) string {
	switch {
	case found.Lost != "":
		return "; the next start opens a gap: " + found.Lost
	case found.Gap.IsOpen():
		return "; " + found.Gap.String()
	}
	return ""
}

// checkNew reports whether a start could create the files of an SQLite journal.
func checkNew(config *configv1.Journal) error {
	if config.GetSqlite() == nil {
		return nil
	}
	folder := filepath.Dir(config.GetSqlite().GetPath())
	trial, err := os.CreateTemp(folder, ".enlist-check-*")
	if err != nil {
		return fmt.Errorf("cannot create the files of the journal: %w. Let this user write in the folder %s, or set another path", err, folder)
	}
	return errors.Join(trial.Close(), os.Remove(trial.Name()))
}

// The reasons to read the key beside an SQLite journal.
const (
	keyToOpen = iota // makes the key of a new journal
	keyToLook        // makes none, and returns no key then
)

// journalKeys returns the keys of the configuration. For an SQLite journal without keys, it returns
// the key in the file beside the journal.
func journalKeys(ctx context.Context, config *configv1.Journal, reason int) ([][]byte, error) {
	texts := config.GetEncryptionKeys()
	if len(texts) == 0 {
		text, err := keyBeside(ctx, config.GetSqlite().GetPath(), reason)
		if err != nil || text == "" {
			return nil, err
		}
		texts = []string{text}
	}
	return decodeKeys(texts)
}

func decodeKeys(texts []string) ([][]byte, error) {
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

// keySuffix names the file with the key of an SQLite journal.
const keySuffix = ".key"

// keyBeside reads the key of an SQLite journal from the file beside it. A journal that has
// encrypted nothing yet gets a key, or returns an empty one to a reader that only looks.
func keyBeside(ctx context.Context, path string, reason int) (string, error) {
	file := path + keySuffix
	text, err := os.ReadFile(file) //nolint:gosec // the operator names the journal
	if err == nil {
		return strings.TrimSpace(string(text)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("cannot read the key of the journal: %w", err)
	}
	found, err := sqlite.Look(ctx, path)
	if err != nil {
		return "", err
	}
	if found.IndexKey != nil || len(found.KeyIDs) > 0 {
		return "", fmt.Errorf("the journal %s exists, but its key %s does not. Restore the key file, or set journal.encryption_keys", path, file)
	}
	if reason == keyToLook {
		return "", nil
	}
	if err := makeKey(file); err != nil {
		return "", fmt.Errorf("cannot create the key of the journal: %w", err)
	}
	text, err = os.ReadFile(file) //nolint:gosec // the operator names the journal
	return strings.TrimSpace(string(text)), err
}

// readableKey returns a warning if other users may read the key beside the journal.
func readableKey(config *configv1.Journal) string {
	file := config.GetSqlite().GetPath() + keySuffix
	info, err := os.Stat(file)
	if config.GetSqlite() == nil || err != nil || info.Mode().Perm()&0o007 == 0 {
		return ""
	}
	return file + " can be read by others: chmod 600"
}

// withGenerated adds to the error of a missing key that its file is beside the journal, if it is.
func withGenerated(config *configv1.Journal, err error) error {
	missing := (*journal.MissingKey)(nil)
	if config.GetSqlite() == nil || !errors.As(err, &missing) {
		return err
	}
	file := config.GetSqlite().GetPath() + keySuffix
	text, readErr := os.ReadFile(file) //nolint:gosec // the operator names the journal
	keys, decodeErr := decodeKeys([]string{strings.TrimSpace(string(text))})
	if readErr != nil || decodeErr != nil || journal.KeyID(keys[0]) != missing.ID {
		return err
	}
	return fmt.Errorf("%w. Enlist generated it: add \"file:%s\"", err, file)
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
