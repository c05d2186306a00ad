package server

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/enlist-dev/enlist/journal"
)

// A forged token brings no value to the database that a list does not have.
func TestPositionOf(t *testing.T) {
	at := journal.Position{Created: time.UnixMicro(1_790_000_000_000_000), Provider: "opencell", RequestID: uuid.New()}
	if read, err := positionOf(positionText(&at)); err != nil || read.Provider != at.Provider || !read.Created.Equal(at.Created) || read.RequestID != at.RequestID {
		t.Errorf("%+v came back as %+v, %v", at, read, err)
	}
	for name, change := range map[string]func(*journal.Position){
		"a zero byte":    func(p *journal.Position) { p.Provider = "open\x00cell" },
		"not UTF-8":      func(p *journal.Position) { p.Provider = "\xff" },
		"no provider":    func(p *journal.Position) { p.Provider = "" },
		"before history": func(p *journal.Position) { p.Created = time.UnixMicro(-1 << 63) },
		"after the end":  func(p *journal.Position) { p.Created = time.UnixMicro(1<<63 - 1) },
	} {
		wrong := at
		change(&wrong)
		if read, err := positionOf(positionText(&wrong)); err == nil {
			t.Errorf("%s: %+v", name, read)
		}
	}
}
