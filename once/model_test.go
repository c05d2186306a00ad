package once

import (
	"flag"
	"testing"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
)

// This is a model of one create: its record, two replicas that work on it, callers who come again
// with the same request_id, and a vendor. Every order of their steps is searched, with crashes and
// false deaths between any two of them. What is decided on the way is decided by the functions that
// Service calls, so that a change of those which breaks a promise fails here, with the shortest way
// to the breach. What the model says of the code around them is written in the same order as there;
// what it must not do is named in flaws.
//
// What is assumed, since no code can make it so:
//
//   - Once a process has seen the vendor's own limit go by, every request that was sent before that
//     wait began has been carried out or is lost, and what it made is shown by look-ups.
//   - The lease is checked and the request leaves in one step. A process that freezes between the
//     two for longer than all others take to see it dead, look, wait and send is what no lease can
//     exclude.
//   - A customer that was there before us and that one look-up has shown, later ones show too. Of
//     ours this is not assumed.
//   - The vendor says the same of the same request: one that it refuses for good was never carried
//     out. But a proxy may send a request twice, so that a refusal because the customer exists, or
//     because of a value that must be unique, may be about our own customer; and it may say that
//     nothing was done of a request that it has passed on.
//   - A replica that only falsely is taken for dead is alive again as soon as another has taken the
//     record; that is the worst that can come of it.
//   - What a crashed replica owned is free at once. That others see it later is but another order
//     of the steps.
//   - A person whose decision can be checked may say anything. Where look-ups show nothing, the
//     person looks at the vendor after the wait and says what is there. The stranger's customer is
//     another operation's, or the person knows that it is a stranger's.

// bounds keep the number of states finite. No promise depends on them.
type bounds struct {
	mishaps    int8 // crashes and false deaths
	again      int8 // callers who come again
	sends      int8 // requests at the vendor, at most maxSends
	unverified int8 // decisions of persons who are wrong and override the check
}

// deep searches every scene with two mishaps and three sends. It takes minutes.
var deep = flag.Bool("model.deep", false, "search every scene of the model with two mishaps and three sends")

// full is what the mutants are searched with, whose flaws are found early.
var full = bounds{mishaps: 2, again: 1, sends: maxSends, unverified: 1}

// standard is what a scene is searched with: the full bounds where a third send or a second mishap
// could still make a second customer, and less with the race detector on.
func (s scene) standard() bounds {
	switch {
	case *deep:
		return full
	case underRace:
		return bounds{mishaps: 1, again: 1, sends: 2, unverified: 1}
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

// protocol is the decisions that the model takes from the code, and the ways in which the code
// around them could go wrong. The zero value of each flaw is how it must be.
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
	writesOverOwn       bool // a conflict is none when the record is by now this replica's again
	takesBackOthers     bool // so is the send again of another which this replica has claimed since
	forgetsGap          bool // a request leaves although others may have taken its sender for dead since that took the record
	checksTooEarly      bool // the lease is checked before the write that says a request is about to leave
	waitsTooLate        bool // what a look-up told is believed if the limit went by before its answer came, not before it was asked
	keepsOldWait        bool // a wait goes on counting when another send has gone unanswered
	ignoresLag          bool // the wait is too short for what the vendor made to be shown
	reportsWhenLost     bool // a caller is told of a refusal that could not be recorded since another is at work
	reportsRefusedEarly bool // a caller is told of a refusal that is not recorded yet, though a dead replica's successor may find otherwise
	reportsAdoptedEarly bool // so it is with a customer that was adopted without a send
	waitsForItself      bool // the answer to a sender whom others took for dead waits for a sender who is this replica itself
	dropsLateResponse   bool // the answer to a sender whom others took for dead is not recorded
}

func realProtocol() protocol {
	return protocol{move: move, afterSend: afterSend, afterDeath: afterDeath, decide: decide, check: checkDecision}
}

// scene is what does not change while a create is carried out.
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

// strangerKind is how look-ups tell a customer that was there before us.
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

// TestModel searches every scene completely.
func TestModel(t *testing.T) {
	t.Parallel()
	for _, s := range scenes() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			m := &model{protocol: realProtocol(), scene: s, bounds: s.standard()}
			if s.blind {
				m.only = "FAILED" // all that can be promised then
			}
			states, breach := m.search()
			if breach != "" {
				t.Fatal(breach)
			}
			t.Logf("%s: %d states", s.name, states)
		})
	}
}
