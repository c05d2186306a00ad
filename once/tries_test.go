package once

import (
	"testing"
	"time"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/providers"
)

// A record keeps the first send and the latest tries, 30 in all, and counts the others.
func TestTriesAreBounded(t *testing.T) {
	t.Parallel()
	payload := &journalv1.Payload{}
	for range 40 {
		made := &tries{}
		made.add(&providers.Exchange{Creates: true, Start: time.Now(), End: time.Now(), Request: &enlistv1.VendorRequest{}})
		made.addTo(payload)
	}
	kept := payload.GetTries()
	if len(kept) != 30 || kept[0].GetNumber() != 1 || kept[29].GetNumber() != 40 {
		t.Errorf("%d tries, from %d to %d", len(kept), kept[0].GetNumber(), kept[len(kept)-1].GetNumber())
	}
	for i := 2; i < len(kept); i++ {
		if kept[i].GetNumber() != kept[i-1].GetNumber()+1 {
			t.Errorf("try %d comes after try %d", kept[i].GetNumber(), kept[i-1].GetNumber())
		}
	}
}
