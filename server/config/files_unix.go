//go:build unix

package config

import "syscall"

// mostFiles is how many files the process may have open at once. Go has raised the soft limit to the hard one by now.
func mostFiles() uint64 {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil {
		return usualFiles
	}
	return limit.Cur
}
