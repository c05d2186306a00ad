package once

import "testing"

// inGap is what the search of gaps is bounded by: one loss, and a mishap beside it.
var inGap = bounds{mishaps: 1, again: 1, sends: 2, losses: 1}

// duplicate returns the promise that a gap keeps in a scene. A lost record cannot keep the others:
// what callers have learned is lost, too.
func (s scene) duplicate() string {
	if s.class == noSafety {
		return "a second send"
	}
	return "two customers"
}

// TestModelOfGaps searches the scenes with a journal that loses the record at any moment, and then
// has a gap. No vendor gets a second customer.
func TestModelOfGaps(t *testing.T) {
	searches(t)
	for _, s := range scenes() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			m := &model{protocol: realProtocol(), scene: s, bounds: inGap, only: s.duplicate()}
			if s.class == enforced {
				m.mishaps = 0 // fewer states
			}
			states, breach := m.search()
			if breach != "" {
				t.Fatal(breach)
			}
			t.Logf("%s: %d states", s.name, states)
		})
	}
}

// TestModelFindsFlawsOfGaps shows that the search can fail.
func TestModelFindsFlawsOfGaps(t *testing.T) {
	searches(t)
	for name, flaw := range map[string]func(*protocol){
		"no gap opens":                      func(p *protocol) { p.opensNoGap = true },
		"a wait from before the gap counts": func(p *protocol) { p.waitsFromBefore = true },
		"a replica sends after the loss":    func(p *protocol) { p.sendsAfterLoss = true },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sceneOf(t, "by match")
			m := &model{protocol: realProtocol(), scene: s, bounds: inGap, only: s.duplicate()}
			m.mishaps = 2
			flaw(&m.protocol)
			states, breach := m.search()
			if breach == "" {
				t.Errorf("nothing found in %d states", states)
			}
			t.Logf("found after %d states\n%s", states, breach)
		})
	}
}
