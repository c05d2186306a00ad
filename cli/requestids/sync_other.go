//go:build !unix

package requestids

// syncFolder does nothing: a folder cannot be opened here, and the file system orders its names.
func syncFolder(string) error { return nil }
