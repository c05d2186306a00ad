package journal

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"syscall"

	"github.com/gofrs/flock"
	"golang.org/x/sys/unix"
)

// bootID changes at each start of the host. All containers of a host have the same.
const bootID = "/proc/sys/kernel/random/boot_id"

// local are the file systems on which the kernel of this host alone keeps the locks. On others, a
// broken connection can end a lock while its process runs.
var local = []uint32{ //nolint:gochecknoglobals // a constant
	unix.EXT4_SUPER_MAGIC, unix.XFS_SUPER_MAGIC, unix.BTRFS_SUPER_MAGIC, unix.F2FS_SUPER_MAGIC, unix.TMPFS_MAGIC, unix.OVERLAYFS_SUPER_MAGIC,
	zfs, bcachefs,
}

// From the sources of OpenZFS and of Linux.
const (
	zfs      = 0x2fc12fc1
	bcachefs = 0xca451a4e
)

// markText returns what a mark contains: the host, its last start, and the file itself, so that a
// copy is recognized.
func markText(lock *flock.Flock) ([]byte, error) {
	var system unix.Statfs_t
	if err := unix.Statfs(lock.Path(), &system); err != nil {
		return nil, fmt.Errorf("cannot examine the file system of %s: %w", lock.Path(), err)
	}
	if !slices.Contains(local, uint32(system.Type)) { //nolint:gosec // its length differs between architectures
		return nil, fmt.Errorf("a lock proves nothing on this file system (type %#x). Use ext4, XFS, Btrfs, ZFS, F2FS, bcachefs or tmpfs", system.Type)
	}
	info, err := lock.Stat()
	if err != nil {
		return nil, err
	}
	at, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return nil, errors.New("the file has no inode")
	}
	boot, err := os.ReadFile(bootID)
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(boot, "inode %d device %d\n", at.Ino, at.Dev), nil
}
