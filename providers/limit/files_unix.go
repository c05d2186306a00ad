//go:build unix

package limit

import "syscall"

// mostFiles returns the number of files that the process may have open at once. Go has already
// raised the soft limit to the hard limit.
func mostFiles() uint64 {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil {
		return usualFiles
	}
	return limit.Cur
}
