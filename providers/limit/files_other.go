//go:build !unix

package limit

func mostFiles() uint64 { return usualFiles }
