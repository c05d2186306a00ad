package once

import (
	"flag"
	"testing"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
)

// This is a model of one creation: its record, two replicas that work on it, callers who repeat the
// request_id, and a vendor. The search visits every order of their steps, with crashes and false
// deaths between any two of them. The functions of Service make the decisions, so a change of them
// that breaks a promise fails here, with the shortest path to the breach. The model has the code
// around them in the same order as Service. flaws names what that code must not do.
//
// The model assumes what no code can ensure:
//
//   - After a process has seen the vendor's own limit pass, every request sent before that wait
//     began is carried out or lost, and look-ups show the customer that it made.
//   - The check of the lease and the first byte are one step. No lease can help a process that
//     freezes between the two for longer than the others need to see it dead, look up, wait and
//     send.
//   - If one look-up has shown a customer that was there before us, later ones show it too. This is
//     not assumed of our own customers.
//   - The vendor gives the same request the same response: a request that it refuses for good was
//     never carried out. But a proxy may send a request twice. A refusal because the customer
//     exists, or because of a value that must be unique, may then be about our own customer. A
//     proxy may also say that nothing was done of a request that it has forwarded.
//   - A replica that is falsely taken for dead is alive again when another has taken the record.
//     This is the worst case.
//   - The record of a crashed replica is free at once. If others see this later, it is another
//     order of the steps.
//   - What a read of the journal returns is durable, and a write that returned no error is not
//     lost. Reads may show a write that returned an error. It may be lost again if no read and no
//     other write of the record follows.
//   - A person whose decision can be checked may say anything. If look-ups show nothing, the person
//     reads the vendor's customers after the wait and says what is there. The stranger's customer
//     belongs to another operation, or the person knows that it is a stranger's.

// bounds keep the number of states finite. No promise depends on them.
type bounds struct {
	mishaps    int8 // crashes, false deaths, and writes that return an error and are made
	again      int8 // callers who repeat the request
	sends      int8 // requests at the vendor, at most maxSends
	losses     int8 // times that the journal loses the record
	unverified int8 // decisions of persons who are wrong and override the check
}

// deep searches every scene with two mishaps and three sends. It takes minutes.
var deep = flag.Bool("model.deep", false, "search every scene of the model with two mishaps and three sends")

// full is what the mutants are searched with, whose flaws are found early.
var full = bounds{mishaps: 2, again: 1, sends: maxSends, unverified: 1}

// standard returns the bounds of a scene: the full ones if a third send or a second mishap could
// still make a second customer.
func (s scene) standard() bounds {
	switch {
	case *deep:
		return full
	case s.class == enforced && (s.onExisting != onFail || s.looksFirst || s.blind || s.stranger == unclearStranger || s.near):
		return bounds{mishaps: 1, again: 1, sends: 2, unverified: 1}
	case s.class == enforced:
		return bounds{mishaps: 2, again: 1, sends: 2, unverified: 1}
	case s.stranger != noStranger || s.near || s.refuses || s.onExisting == onAdopt:
		return bounds{mishaps: 1, again: 1, sends: maxSends, unverified: 1}
	}
	return full
}

const maxSends = 3

// protocol has the decisions that the model takes from the code, and the flaws of the code around
// them. The zero value of each flaw is correct.
type protocol struct {
	move       func(*journal.Record, event, actor) error
	afterSend  func(result, int32, bool) event
	afterDeath func(bool, bool, int32) event
	decide     func(facts) decision
	check      func(enlistv1.Decision, bool, evidence) objection
	flaws
}

// flaws are what the code around the decisions must not do.
type flaws struct {
	settlerOverwrites   bool // a settler writes over what it has not seen
	senderOverwrites    bool // so does a sender
	writesOverOwn       bool // a conflict does not count if this replica owns the record again
	takesBackOthers     bool // it takes back a send of another replica whose record it has claimed since
	forgetsGap          bool // a request leaves although others may have taken its sender for dead since it took the record
	checksTooEarly      bool // the lease is checked before the write that announces a request
	waitsTooLate        bool // a look-up counts if the limit passed before its response arrived, and not before it began
	keepsOldWait        bool // a wait continues after another send without a response
	ignoresLag          bool // the wait is too short for what the vendor made to be shown
	reportsWhenLost     bool // a caller gets a refusal that could not be recorded because another replica works on it
	reportsRefusedEarly bool // a caller gets a refusal before it is recorded, although the successor of a dead replica may find otherwise
	reportsAdoptedEarly bool // the same with a customer that was adopted without a send
	waitsForItself      bool // the late response waits for a send of another replica, which is this replica itself
	dropsLateResponse   bool // the late response is not recorded
	readsFaint          bool // a read returns what is not durable
	sweepsNothing       bool // a replica does not settle what it owns and has no run for
	opensNoGap          bool // no gap opens when the journal loses the record
	waitsFromBefore     bool // a wait that began before the gap counts
	sendsAfterLoss      bool // a replica sends what it had recorded before the loss
}

func realProtocol() protocol {
	return protocol{move: move, afterSend: afterSend, afterDeath: afterDeath, decide: decide, check: checkDecision}
}

// scene is what does not change during a creation.
type scene struct {
	name       string
	class      enlistv1.DuplicateSafetyClass
	onExisting enlistv1.OnExisting
	looksFirst bool
	byLook     bool // look-ups tell ours from others only by the look before the send
	refuses    bool // the vendor refuses this request for good
	stranger   strangerKind
	near       bool // look-ups show ours under a key that is only nearly equal, and nothing else proves it
	blind      bool // look-ups show nothing, against what is assumed
}

// strangerKind is how look-ups match a customer that was there before us.
type strangerKind int8

const (
	noStranger strangerKind = iota
	otherStranger
	unclearStranger
)

const (
	enforced = enforcedByKey
	byKey    = verifiableByKey
	byMatch  = verifiableByMatch
	noSafety = enlistv1.DuplicateSafetyClass_DUPLICATE_SAFETY_CLASS_NONE
	onFail   = enlistv1.OnExisting_ON_EXISTING_FAIL
	onAdopt  = enlistv1.OnExisting_ON_EXISTING_ADOPT
	onUpdate = enlistv1.OnExisting_ON_EXISTING_UPDATE
)

func scenes() []scene {
	return []scene{
		{name: "enforced", class: enforced, onExisting: onFail},
		{name: "enforced, looks first", class: enforced, onExisting: onFail, looksFirst: true},
		{name: "enforced, blind", class: enforced, onExisting: onFail, blind: true},
		{name: "enforced, refused", class: enforced, onExisting: onFail, refuses: true},
		{name: "enforced, stranger", class: enforced, onExisting: onFail, stranger: otherStranger},
		{name: "enforced, unclear stranger", class: enforced, onExisting: onFail, stranger: unclearStranger},
		{name: "enforced, adopt", class: enforced, onExisting: onAdopt, looksFirst: true},
		{name: "enforced, adopt stranger", class: enforced, onExisting: onAdopt, looksFirst: true, stranger: otherStranger},
		{name: "enforced, update", class: enforced, onExisting: onUpdate},
		{name: "enforced, near", class: enforced, onExisting: onFail, near: true},
		{name: "enforced, update, looks first", class: enforced, onExisting: onUpdate, looksFirst: true},
		{name: "enforced, update stranger, looks first", class: enforced, onExisting: onUpdate, looksFirst: true, stranger: unclearStranger},
		{name: "by key, near", class: byKey, onExisting: onFail, looksFirst: true, near: true},
		{name: "by key, adopt near", class: byKey, onExisting: onAdopt, looksFirst: true, near: true},
		{name: "by match, near", class: byMatch, onExisting: onFail, near: true},
		{name: "enforced, update stranger", class: enforced, onExisting: onUpdate, stranger: unclearStranger},
		{name: "by key", class: byKey, onExisting: onFail, looksFirst: true},
		{name: "by key, told by the look", class: byKey, onExisting: onFail, looksFirst: true, byLook: true},
		{name: "by key, refused", class: byKey, onExisting: onFail, looksFirst: true, refuses: true},
		{name: "by key, stranger", class: byKey, onExisting: onFail, looksFirst: true, stranger: otherStranger},
		{name: "by key, unclear stranger", class: byKey, onExisting: onFail, looksFirst: true, byLook: true, stranger: unclearStranger},
		{name: "by key, adopt", class: byKey, onExisting: onAdopt, looksFirst: true, byLook: true},
		{name: "by key, adopt stranger", class: byKey, onExisting: onAdopt, looksFirst: true, stranger: otherStranger},
		{name: "by match", class: byMatch, onExisting: onFail},
		{name: "by match, refused", class: byMatch, onExisting: onFail, refuses: true},
		{name: "by match, stranger", class: byMatch, onExisting: onFail, stranger: otherStranger},
		{name: "by match, unclear stranger", class: byMatch, onExisting: onFail, stranger: unclearStranger},
		{name: "none", class: noSafety, onExisting: onFail},
		{name: "none, refused", class: noSafety, onExisting: onFail, refuses: true},
	}
}

func sceneOf(t *testing.T, name string) scene {
	t.Helper()
	for _, s := range scenes() {
		if s.name == name {
			return s
		}
	}
	t.Fatalf("no scene %q", name)
	return scene{}
}

// searches skips a search under the race detector, which makes it ten times slower and finds
// nothing, since a search has one goroutine.
func searches(t *testing.T) {
	t.Helper()
	if underRace {
		t.Skip("make test runs the searches without the race detector")
	}
	t.Parallel()
}

// TestModel searches every scene completely.
func TestModel(t *testing.T) {
	searches(t)
	for _, s := range scenes() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			m := &model{protocol: realProtocol(), scene: s, bounds: s.standard()}
			if s.blind {
				m.only = "FAILED" // no other promise holds then
			}
			states, breach := m.search()
			if breach != "" {
				t.Fatal(breach)
			}
			t.Logf("%s: %d states", s.name, states)
		})
	}
}
