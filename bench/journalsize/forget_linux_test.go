package journalsize_test

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// forget has the system drop what it remembers of a file.
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

// settle waits until what was filled is on the disk, as writing it would slow down what is measured first.
func settle() { unix.Sync() }
