//go:build unix

package requestids

import (
	"errors"
	"os"
)

// syncFolder returns when the names in a folder are on disk.
func syncFolder(path string) error {
	folder, err := os.Open(path) //nolint:gosec // the folder of the store
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
