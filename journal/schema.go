package journal

import (
	"errors"
	"fmt"
	"strconv"
)

// CompatibleSecret returns the name of the secret that a migration to a schema version stores if
// earlier versions of Enlist can work with the result. Its value is the lowest schema version that
// they must know, in decimal digits. A migration without it shuts all of them out, so what one
// migration permits says nothing about the next.
func CompatibleSecret(version int64) string { return fmt.Sprintf("compatible_%d", version) }

// CheckSchema fails if a database has a schema version that this version of Enlist cannot work
// with. The newest is the last version that it knows. secret returns the value under a name, or nil
// if the name has no value.
func CheckSchema(version, newest int64, secret func(name string) ([]byte, error)) error {
	if version <= newest {
		return nil
	}
	value, err := secret(CompatibleSecret(version))
	if err == nil {
		if lowest, err := strconv.ParseInt(string(value), 10, 64); err == nil && lowest <= newest {
			return nil
		}
	}
	return errors.Join(fmt.Errorf("its schema has version %d, and this version of Enlist knows versions up to %d. "+
		"Use the newer version of Enlist, or restore the backup from before the update", version, newest), err)
}
