//go:build !crashpoints

package once

// step marks a place where the crash tests kill the process; see crashpoint.go.
func step(string) {}
