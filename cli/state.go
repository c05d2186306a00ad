package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
)

// stateFolder returns the folder for what Enlist keeps between two starts: the request_ids of its
// commands, and the marks of replicas.
func stateFolder() (string, error) {
	if folder := os.Getenv("ENLIST_STATE"); filepath.IsAbs(folder) {
		return folder, nil
	} else if folder != "" {
		return "", errors.New("ENLIST_STATE must be an absolute path, so that Enlist finds its state from any folder")
	}
	if folders := filepath.SplitList(os.Getenv("STATE_DIRECTORY")); len(folders) > 0 && filepath.IsAbs(folders[0]) { // from systemd
		return folders[0], nil
	}
	if folder := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(folder) {
		return filepath.Join(folder, "enlist"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("%w: set ENLIST_STATE to a folder for Enlist's state", err)
	}
	return filepath.Join(home, ".local", "state", "enlist"), nil
}

// replicasFolder returns the folder for the marks of replicas. SQLite needs none, because it locks
// its file.
func replicasFolder(ctx context.Context, config *configv1.Journal, log *slog.Logger) string {
	if config.GetPostgres() == nil {
		return ""
	}
	folder, err := stateFolder()
	if err != nil {
		log.WarnContext(ctx, "journal: no state folder. If this process is killed, the next one waits for the end of its lease", "error", err)
		return ""
	}
	return filepath.Join(folder, "replicas")
}
