//go:build !unix

package config

func mostFiles() uint64 { return usualFiles }
