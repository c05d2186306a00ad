package testkit

import (
	"bytes"
	cryptorand "crypto/rand"
	"math/rand/v2"
	"os"
	"testing"
)

// page is SQLite's size of a page.
const page = 1024

// OverwritePages puts random bytes into pages of an SQLite file, from one share of it to another.
func OverwritePages(t *testing.T, path string, from, to float64) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	pages := float64(len(content) / page)
	first, last := int(from*pages)*page, int(to*pages)*page
	_, _ = cryptorand.Read(content[first:last])
	write(t, path, content[first:last], int64(first))
}

// FlipBitsOfLog flips some bits in the last part of what SQLite reads of a write-ahead log.
func FlipBitsOfLog(t *testing.T, path string) {
	t.Helper()
	log, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const header, frame = 32, 24 + page
	end := header
	for end+frame <= len(log) && bytes.Equal(log[end+8:end+16], log[16:24]) { // frames of the present round have the salt of the header
		end += frame
	}
	for range 5 {
		log[end*2/3+rand.IntN(end/6)] ^= 1 << rand.IntN(8)
	}
	write(t, path, log, 0)
}

// write writes into a file that a process may have open.
func write(t *testing.T, path string, content []byte, at int64) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteAt(content, at); err != nil {
		t.Fatal(err)
	}
}
