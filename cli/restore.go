package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/journal/sqlite"
	"github.com/enlist-dev/enlist/server/config"
)

type restoreCommand struct {
	Config string `help:"Configuration file (YAML)." type:"path" required:"" placeholder:"FILE"`
	From   string `arg:"" optional:"" help:"Copy of an SQLite journal, as enlist backup writes it." type:"existingfile"`

	Erased []string `help:"Newer list of erased operations; may be repeated." type:"existingfile" placeholder:"FILE"`
}

// Help says what a gap is for, and what the command does with PostgreSQL.
func (restoreCommand) Help() string {
	return "Stop the server first. The old files get other names. The gap makes Enlist look up each request that the " +
		"journal does not know before it sends anything. For a journal in PostgreSQL, restore it with its own tools, " +
		"and run this command without FROM to open the gap."
}

func (c *restoreCommand) Run(ctx context.Context, s *streams) error {
	configuration, err := config.Load(c.Config)
	if err != nil {
		return err
	}
	config := configuration.GetJournal()
	lists, err := c.readLists()
	if err != nil {
		return err
	}
	switch isPostgres := config.GetPostgres().GetDsn() != ""; {
	case isPostgres && c.From != "":
		return errors.New("the journal is in PostgreSQL. Restore it with pg_restore or from your backup of the server, and then run this command without FROM")
	case isPostgres:
		if err := openGap(ctx, config, s); err != nil {
			return err
		}
	case c.From == "":
		return errors.New("name the copy to restore: enlist restore --config FILE FROM")
	}
	if c.From != "" {
		if err := c.restore(ctx, config, s); err != nil {
			return err
		}
	}
	return c.erase(ctx, config, lists, s)
}

// readLists reads the lists of erased operations, before anything changes.
func (c *restoreCommand) readLists() (keys []journal.Key, err error) {
	for _, path := range c.Erased {
		list, err := readErased(path)
		if err != nil {
			return nil, err
		}
		keys = append(keys, list...)
	}
	return keys, nil
}

// erase repeats the erasures that the restored journal has lost.
func (c *restoreCommand) erase(ctx context.Context, config *configv1.Journal, lists []journal.Key, s *streams) error {
	if len(c.Erased) == 0 {
		_, err := fmt.Fprintln(s.err, "Warning: what was erased after the backup is back. Run this command again with --erased and the newest "+
			"list of erased operations (enlist backup writes it), or erase those customers again before anyone uses the journal.")
		return err
	}
	count, err := eraseAgain(ctx, config, lists, slog.New(slog.NewTextHandler(s.err, nil)))
	if err != nil {
		return fmt.Errorf("the lists of erased operations were not applied. Run this command again: %w", err)
	}
	_, err = fmt.Fprintf(s.out, "The lists name %d erased operations. %d of them were erased again. "+
		"Erase again what was erased after the newest list.\n", len(lists), count)
	return err
}

// openGap opens a gap in a journal in PostgreSQL.
func openGap(ctx context.Context, journal *configv1.Journal, s *streams) error {
	store, err := openPostgres(ctx, journal, slog.New(slog.NewTextHandler(s.err, nil)))
	if err != nil {
		return err
	}
	gap, err := store.OpenGap(ctx, "an operator restored the database")
	if err = errors.Join(err, store.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "The journal has a gap until %s. Each replica notices it within 10 seconds.\n", gap.Closes.Format(time.RFC3339))
	return err
}

// restore puts the copy in place of an SQLite journal.
func (c *restoreCommand) restore(ctx context.Context, journal *configv1.Journal, s *streams) error {
	found, err := sqlite.Look(ctx, c.From)
	if err != nil {
		return err
	}
	keys, err := journalKeys(ctx, journal, keyToLook)
	if err != nil {
		return err
	}
	if found.New || keys == nil {
		return fmt.Errorf("%s is no journal, or its key is missing. Put the key into journal.encryption_keys, or beside the journal", c.From)
	}
	if err := found.CheckKeys(keys); err != nil {
		return fmt.Errorf("cannot restore %s: %w", c.From, withGenerated(journal, err))
	}
	path := journal.GetSqlite().GetPath()
	kept, err := sqlite.Restore(ctx, path, c.From, journal.GetGapLasts().AsDuration())
	if err != nil {
		return err
	}
	if kept != "" {
		_, _ = fmt.Fprintf(s.out, "The old journal is %s.\n", kept)
	}
	_, err = fmt.Fprintf(s.out, "%s is now a copy of %s, with a gap.\n", path, c.From)
	return err
}
