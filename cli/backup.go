package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/enlist-dev/enlist/journal/sqlite"
	"github.com/enlist-dev/enlist/server/config"
)

type backupCommand struct {
	Config string `help:"Configuration file (YAML)." type:"path" required:"" placeholder:"FILE"`
	To     string `arg:"" help:"File to write. It must not exist." type:"path"`
}

func (c *backupCommand) Run(ctx context.Context, s *streams) error {
	configuration, err := config.Load(c.Config)
	if err != nil {
		return err
	}
	file := configuration.GetJournal().GetSqlite()
	if file == nil {
		return errors.New("the journal is in PostgreSQL. Use pg_dump --schema=enlist, or back up the whole server")
	}
	if err := sqlite.Backup(ctx, file.GetPath(), c.To); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "%s is a copy of %s, encrypted with the journal's key. "+
		"The copy does not contain the key. Keep the key elsewhere.\n", c.To, file.GetPath())
	return err
}
