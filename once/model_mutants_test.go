package once

import (
	"slices"
	"testing"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
)

// mutant is a way to go wrong that the search must find.
type mutant struct {
	name   string
	scenes []string
	breaks string // the promise
	change func(*protocol)
}

// TestModelFindsFlaws shows that the search can fail. Each of these mutants breaks a promise in
// each of its scenes.
func TestModelFindsFlaws(t *testing.T) {
	searches(t)
	for _, m := range slices.Concat(wrongDecisions(), wrongEvents(), wrongChecks(), wrongSurroundings()) {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			for _, name := range m.scenes {
				s := sceneOf(t, name)
				changed := &model{protocol: realProtocol(), scene: s, bounds: full, only: m.breaks}
				m.change(&changed.protocol)
				states, breach := changed.search()
				if breach == "" {
					t.Errorf("%s: nothing found in %d states", name, states)
				}
				t.Logf("%s: found after %d states\n%s", name, states, breach)
			}
		})
	}
}

// wrongDecisions are changes of decide.
func wrongDecisions() []mutant {
	const two = "two customers"
	decides := func(when func(facts) bool, what decision) func(*protocol) {
		return func(p *protocol) {
			p.decide = func(f facts) decision {
				if when(f) {
					return what
				}
				return decide(f)
			}
		}
	}
	found := func(f facts) bool { return f.ours+f.others+f.unclear > 0 }
	return []mutant{
		{
			"sends again without a wait",
			[]string{"by key", "by match"},
			two,
			decides(func(f facts) bool { return !found(f) && !f.waited && f.maySend() }, resend),
		},
		{"waits before the second send and not before the third", []string{"by key", "by match"}, two, decides(func(f facts) bool {
			return !found(f) && f.unattended == 1 && f.maySend()
		}, resend)},
		{
			"gives up without a wait",
			[]string{"by key", "by match", "enforced"},
			"NOT_SENT",
			decides(func(f facts) bool { return !found(f) && !f.maySend() && f.refusal == notRefused }, giveUp),
		},
		{
			"records a refusal without a wait",
			[]string{"enforced"},
			"FAILED",
			decides(func(f facts) bool { return !found(f) && f.refusal != notRefused }, refuse),
		},
		{"records a refusal although the customer exists and is not shown", []string{"enforced, blind"}, "FAILED", decides(func(f facts) bool {
			return !found(f) && f.refusal != notRefused && f.waited
		}, refuse)},
		{"takes another's for ours", []string{"enforced, stranger"}, "SUCCEEDED", decides(func(f facts) bool { return f.others == 1 }, takeOurs)},
		{
			"takes an unclear one for ours",
			[]string{"enforced, unclear stranger", "by match, unclear stranger"},
			"SUCCEEDED",
			decides(func(f facts) bool { return f.unclear == 1 }, takeOurs),
		},
		{
			"takes another's for the end although ours may yet show",
			[]string{"by key, stranger"},
			"FAILED",
			decides(func(f facts) bool { return f.others == 1 && f.ours == 0 }, exist),
		},
		{"sends again without a look-up", []string{"none"}, "second send", decides(facts.maySend, resend)},
		{"records a refusal that a copy may have caused after one look-up", []string{"by key", "by match"}, "FAILED", func(p *protocol) {
			p.decide = func(f facts) decision {
				if f.refusal == needsLateLookup {
					f.refusal = needsLookup
				}
				return decide(f)
			}
		}},
		{"takes a near key for none", []string{"by match, near"}, two, func(p *protocol) {
			p.decide = func(f facts) decision {
				f.unclear -= f.near
				return decide(f)
			}
		}},
		{"waits for ever", []string{"none", "by match", "enforced"}, "rest", decides(func(facts) bool { return true }, wait)},
	}
}

// wrongEvents are changes of the functions that return the event of a send or of a death.
func wrongEvents() []mutant {
	const two = "two customers"
	sent := func(when func(ended result, before int32, missing bool) bool, what event) func(*protocol) {
		return func(p *protocol) {
			p.afterSend = func(ended result, before int32, missing bool) event {
				if when(ended, before, missing) {
					return what
				}
				return afterSend(ended, before, missing)
			}
		}
	}
	died := func(after func(looksFirst, released bool, before int32) event) func(*protocol) {
		return func(p *protocol) { p.afterDeath = after }
	}
	return []mutant{
		{
			"a refusal after a send without a response is final",
			[]string{"enforced, looks first"},
			"FAILED",
			sent(func(ended result, _ int32, _ bool) bool { return ended == rejected }, refused),
		},
		{
			"nothing done by this send is nothing done",
			[]string{"enforced"},
			"NOT_SENT",
			sent(func(ended result, _ int32, _ bool) bool { return ended == nothingSent }, notDone),
		},
		{"no response is nothing done", []string{"by match"}, two, sent(func(ended result, _ int32, _ bool) bool { return ended == noResponse }, notDone)},
		{
			"a response that nothing was done counts",
			[]string{"by key", "by match"},
			two,
			sent(func(ended result, _ int32, _ bool) bool { return ended == unproven }, notDone),
		},
		{
			"a response that nothing was done counts if the vendor refuses a second customer",
			[]string{"enforced"},
			"NOT_SENT",
			sent(func(ended result, _ int32, _ bool) bool { return ended == unproven }, notDone),
		},
		{
			"a refusal needs no look-up",
			[]string{"enforced", "by key", "by match"},
			"FAILED",
			sent(func(ended result, _ int32, _ bool) bool { return ended == doubted }, refused),
		},
		{"a response after others is none", []string{"none"}, "the table does not have", sent(func(ended result, _ int32, _ bool) bool { return ended == created }, missing)},

		{
			"a death forgets that it may have been sent",
			[]string{"by key"},
			two,
			died(func(looksFirst, _ bool, before int32) event { return afterDeath(looksFirst, false, before) }),
		},
		{
			"a death is as if it looked first",
			[]string{"by match"},
			two,
			died(func(_, released bool, before int32) event { return afterDeath(true, released, before) }),
		},
	}
}

// wrongChecks are changes of what a person may decide.
func wrongChecks() []mutant {
	checks := func(change func(evidence) evidence) func(*protocol) {
		return func(p *protocol) {
			p.check = func(decision enlistv1.Decision, unverified bool, e evidence) objection {
				return checkDecision(decision, unverified, change(e))
			}
		}
	}
	return []mutant{
		{
			"accepts a customer of a person that does not exist",
			[]string{"none", "by match, unclear stranger"},
			"SUCCEEDED",
			checks(func(e evidence) evidence {
				e.exists = true
				return e
			}),
		},
		{
			"lets a person take another operation's customer",
			[]string{"enforced, unclear stranger", "by match, unclear stranger"},
			"SUCCEEDED",
			checks(func(e evidence) evidence {
				e.madeByOther = false
				return e
			}),
		},
		{
			"lets a person take a customer that differs",
			[]string{"none", "by match, unclear stranger"},
			"SUCCEEDED",
			checks(func(e evidence) evidence {
				e.differs = false
				return e
			}),
		},
		{"accepts without a look-up that nothing was made", []string{"by match, near", "enforced, near"}, "FAILED", checks(func(e evidence) evidence {
			e.ours, e.unclear = 0, 0
			return e
		})},
		{
			"lets a person say that nothing was made before the vendor has finished",
			[]string{"none", "by match, near"},
			"FAILED",
			checks(func(e evidence) evidence {
				e.waited = true
				return e
			}),
		},
		{"a decision reopens sending", []string{"none"}, "second send", func(p *protocol) {
			p.move = func(record *journal.Record, what event, by actor) error {
				err := move(record, what, by)
				if what == personFailed {
					record.State = notSent
				}
				return err
			}
		}},
		{"an erasure permits the request_id again", []string{"none", "enforced", "by match"}, "erasure", func(p *protocol) {
			p.move = func(record *journal.Record, what event, by actor) error {
				err := move(record, what, by)
				if what == erase {
					record.State = notSent
				}
				return err
			}
		}},
	}
}

// wrongSurroundings are changes of the code around the decisions.
func wrongSurroundings() []mutant {
	flawed := func(name, breaks string, scenes []string, flaw func(*flaws)) mutant {
		return mutant{name, scenes, breaks, func(p *protocol) { flaw(&p.flaws) }}
	}
	const two, reportedRefusal = "two customers", "reported refusal"
	return []mutant{
		flawed("a settler writes over what it has not seen", two, []string{"by match", "by key"}, func(f *flaws) { f.settlerOverwrites = true }),
		flawed("a sender writes over what it has not seen", two, []string{"by match", "by key"}, func(f *flaws) { f.senderOverwrites = true }),
		flawed("a conflict is none where the record is its own again", two, []string{"by match"}, func(f *flaws) { f.writesOverOwn = true }),
		flawed("a send again is taken back that was another's", two, []string{"by match"}, func(f *flaws) { f.takesBackOthers = true }),
		flawed("a lease with a gap is enough", two, []string{"by match"}, func(f *flaws) { f.forgetsGap = true }),
		flawed("the lease is checked before the last write", two, []string{"by key"}, func(f *flaws) { f.checksTooEarly = true }),
		flawed("the wait ends during the look-up", two, []string{"by match"}, func(f *flaws) { f.waitsTooLate = true }),
		flawed("one wait counts for two sends", two, []string{"by match", "by key"}, func(f *flaws) { f.keepsOldWait = true }),
		flawed("the wait leaves no time to be shown", two, []string{"by match", "by key"}, func(f *flaws) { f.ignoresLag = true }),
		flawed("a refusal is reported that others do not know of", reportedRefusal, []string{"by key"}, func(f *flaws) { f.reportsWhenLost = true }),
		flawed("a refusal is reported before it is written", reportedRefusal, []string{"by key"}, func(f *flaws) { f.reportsRefusedEarly = true }),
		flawed("an adoption is reported before it is written", "reported success",
			[]string{"enforced, adopt stranger", "by key, adopt stranger"}, func(f *flaws) { f.reportsAdoptedEarly = true }),
		flawed("a late response waits for its own replica", "rest", []string{"none", "by key, adopt"}, func(f *flaws) { f.waitsForItself = true }),
		flawed("a read returns what is not durable", two, []string{"by match", "none"}, func(f *flaws) { f.readsFaint = true }),
		flawed("a replica forgets what it owns", "rest", []string{"none, refused"}, func(f *flaws) { f.sweepsNothing = true }),
		flawed("a late response is dropped", "reported success", []string{"none"}, func(f *flaws) { f.dropsLateResponse = true }),
	}
}
