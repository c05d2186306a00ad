package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/journal/sqlite"
	"github.com/enlist-dev/enlist/server/config"
)

type backupCommand struct {
	Config string `help:"Configuration file (YAML)." type:"path" required:"" placeholder:"FILE"`
	To     string `arg:"" help:"File to write. It must not exist." type:"path"`

	OnlyErased bool `help:"Write only the list of erased operations, also of a journal in PostgreSQL."`
}

// Help says what else the command writes.
func (backupCommand) Help() string {
	return "Beside the copy it writes TO.erased, the list of erased operations, for enlist restore --erased. Keep the newest list."
}

func (c *backupCommand) Run(ctx context.Context, s *streams) error {
	configuration, err := config.Load(c.Config)
	if err != nil {
		return err
	}
	if c.OnlyErased {
		return c.writeList(ctx, configuration.GetJournal(), s)
	}
	file := configuration.GetJournal().GetSqlite()
	if file == nil {
		return errors.New("the journal is in PostgreSQL. Use pg_dump --schema=enlist, or back up the whole server. " +
			"Add --only-erased for the list of erased operations")
	}
	list := c.To + erasedSuffix
	if _, err := os.Lstat(list); err == nil { // a copy without its list is of little use
		return existsAlready(list)
	}
	if err := sqlite.Backup(ctx, file.GetPath(), c.To); err != nil {
		return err
	}
	erased, err := sqlite.Erased(ctx, c.To)
	if err != nil {
		return err
	}
	if err := writeErased(list, erased); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "%s is a copy of %s, encrypted with the journal's key. "+
		"The copy does not contain the key. Keep the key elsewhere.\n%s lists %d erased operations. Keep it, and give the newest list to enlist restore.\n",
		c.To, file.GetPath(), list, len(erased))
	return err
}

// erasedSuffix is what the name of a list adds to that of the copy.
const erasedSuffix = ".erased"

// writeList writes only the list of erased operations.
func (c *backupCommand) writeList(ctx context.Context, journal *configv1.Journal, s *streams) error {
	erased, err := erasedIn(ctx, journal, slog.New(slog.NewTextHandler(s.err, nil)))
	if err != nil {
		return err
	}
	if err := writeErased(c.To, erased); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "%s lists %d erased operations.\n", c.To, len(erased))
	return err
}
