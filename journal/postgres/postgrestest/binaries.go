package postgrestest

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

var errMissing = errors.New("found no PostgreSQL server (initdb, pg_ctl, postgres). Run apt-get install postgresql, or make postgres")

// binaries returns the folder of initdb, pg_ctl and postgres. It uses the folder that PATH leads
// to, with links resolved. Otherwise it uses Debian's folder of the newest version.
func binaries() (string, error) {
	if path, err := exec.LookPath("postgres"); err == nil {
		if target, err := filepath.EvalSymlinks(path); err == nil && complete(filepath.Dir(target)) {
			return filepath.Dir(target), nil
		}
		if complete(filepath.Dir(path)) {
			return filepath.Dir(path), nil
		}
	}
	newest, found := 0, ""
	folders, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	for _, folder := range folders {
		if version, err := strconv.Atoi(filepath.Base(filepath.Dir(folder))); err == nil && version > newest && complete(folder) {
			newest, found = version, folder
		}
	}
	if found != "" {
		return found, nil
	}
	return "", errMissing
}

func complete(folder string) bool {
	for _, name := range []string{"initdb", "pg_ctl", "postgres"} {
		if info, err := os.Stat(filepath.Join(folder, name)); err != nil || info.IsDir() || info.Mode()&0o111 == 0 {
			return false
		}
	}
	return true
}

// lookUp returns the path of a server, which Debian does not put on every user's PATH.
func lookUp(name string) (path string, found bool) {
	for _, name := range []string{name, "/usr/sbin/" + name} {
		if path, err := exec.LookPath(name); err == nil {
			return path, true
		}
	}
	return "", false
}
