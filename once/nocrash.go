//go:build !crashpoints

package once

// step marks a place where a crash is tried; see crashpoint.go.
func step(string) {}
