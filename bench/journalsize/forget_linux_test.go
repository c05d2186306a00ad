package journalsize_test

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// forget drops a file from the system's page cache.
func forget(t *testing.T, path string) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := file.Sync(); err != nil {
		t.Fatal(err)
	}
	if err := unix.Fadvise(int(file.Fd()), 0, 0, unix.FADV_DONTNEED); err != nil {
		t.Fatal(err)
	}
}

// settle waits until the filled rows are on the disk. Otherwise that write would slow down the
// first measurement.
func settle() { unix.Sync() }
