package testkit

import (
	"bytes"
	"sync"
)

// LogBuffer holds what was written to it. Goroutines may write and read it at the same time.
type LogBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write appends a line.
func (b *LogBuffer) Write(line []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(line)
}

// String returns everything that was written.
func (b *LogBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
