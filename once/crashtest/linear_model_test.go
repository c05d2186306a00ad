package crashtest_test

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
)

// standing is the sequential model of one operation: what a caller may rely on after all calls so
// far. open is a record whose outcome is not known to a caller. It may get any outcome at any time
// without a call.
type standing struct {
	phase    phase
	customer string // of succeeded
	decided  bool   // by a person
}

type phase string

const (
	phaseAbsent      phase = "absent"
	phaseOpen        phase = "open"
	phaseNotSent     phase = "NOT_SENT"
	phaseNeedsPerson phase = "NEEDS_PERSON"
	phaseSucceeded   phase = "SUCCEEDED"
	phaseFailed      phase = "FAILED"
)

// command is the kind of a call.
type command string

const (
	commandCreate  command = "create"
	commandRead    command = "read" // GetOperation or WaitOperation
	commandResolve command = "resolve"
)

// reply is what a call returned.
type reply struct {
	kind     replyKind
	shows    standing // of a success, a refusal or a read
	replayed bool
}

type replyKind string

const (
	told      replyKind = "told"       // the response shows the operation
	pending   replyKind = "pending"    // the outcome is not known, or nothing was sent
	lost      replyKind = "lost"       // the call may have an effect now, later or never
	notNeeded replyKind = "not needed" // no person needs to decide
	noEffect  replyKind = "no effect"
)

// call is the input of a call: what a resolution would record.
type call struct {
	command command
	records standing
}

// after returns the states that may follow a call in a state; none if the response contradicts it.
func (s standing) after(c call, r reply) []standing {
	switch c.command {
	case commandCreate:
		return s.afterCreate(r)
	case commandRead:
		return s.afterRead(r)
	default:
		return s.afterResolve(c, r)
	}
}

// isUndecided reports whether an outcome may still come without a person.
func (s standing) isUndecided() bool {
	return s.phase == phaseAbsent || s.phase == phaseOpen || s.phase == phaseNotSent
}

func (s standing) afterCreate(r reply) []standing {
	switch r.kind {
	case lost:
		if s.phase == phaseAbsent || s.phase == phaseNotSent {
			return []standing{s, {phase: phaseOpen}}
		}
		return []standing{s}
	case pending:
		if s.isUndecided() {
			return []standing{{phase: phaseOpen}}
		}
		return nil
	}
	switch {
	case s.phase == r.shows.phase && s.customer == r.shows.customer && (r.replayed || s.phase != phaseSucceeded): // the recorded outcome
		return []standing{s}
	case s.isUndecided() && (!r.replayed || s.phase == phaseOpen):
		return []standing{r.shows}
	}
	return nil
}

func (s standing) afterRead(r reply) []standing {
	switch {
	case s == r.shows, s.phase == phaseOpen && !r.shows.decided && r.shows.phase != phaseAbsent:
		return []standing{r.shows}
	}
	return nil
}

func (s standing) afterResolve(c call, r reply) []standing {
	isDecidable := s.phase == phaseOpen || s.phase == phaseNeedsPerson || s.decided
	switch {
	case r.kind == lost && isDecidable:
		return []standing{s, c.records}
	case r.kind == told && isDecidable && r.shows == c.records:
		return []standing{r.shows}
	case r.kind == notNeeded && s.phase != phaseNeedsPerson && s.phase != phaseAbsent && !s.decided,
		r.kind == noEffect, r.kind == lost:
		return []standing{s}
	}
	return nil
}

// linear is the model for porcupine.
func linear() porcupine.Model {
	model := porcupine.NondeterministicModel{
		Init: func() []any { return []any{standing{phase: phaseAbsent}} },
		Step: func(state, input, output any) (next []any) {
			for _, s := range state.(standing).after(input.(call), output.(reply)) {
				next = append(next, s)
			}
			return next
		},
		DescribeOperation: func(input, output any) string { return fmt.Sprint(input, " ", output) },
	}
	return model.ToModel()
}

// forever is the end of a call whose effect may come at any later time.
const forever = math.MaxInt64

// isLinear checks the history of one operation.
func isLinear(history []porcupine.Operation) porcupine.CheckResult {
	return porcupine.CheckOperationsTimeout(linear(), history, 10*time.Second)
}

// The check finds what must never happen, and accepts what may.
func TestLinearModel(t *testing.T) {
	t.Parallel()
	var at int64
	does := func(command command, r reply) porcupine.Operation { // one after the other
		at += 2
		return porcupine.Operation{Input: call{command: command}, Output: r, Call: at, Return: at + 1}
	}
	success := func(customer string, replayed bool) reply {
		return reply{kind: told, shows: standing{phase: phaseSucceeded, customer: customer}, replayed: replayed}
	}
	shows := func(phase phase) reply { return reply{kind: told, shows: standing{phase: phase}} }
	endless := func(o porcupine.Operation) porcupine.Operation {
		o.Return = forever
		return o
	}
	decides := func(customer string) porcupine.Operation {
		decided := standing{phase: phaseSucceeded, customer: customer, decided: true}
		o := does(commandResolve, reply{kind: told, shows: decided})
		o.Input = call{commandResolve, decided}
		return o
	}
	for name, c := range map[string]struct {
		history []porcupine.Operation
		want    porcupine.CheckResult
	}{
		"created and repeated":     {[]porcupine.Operation{does(commandCreate, success("1", false)), does(commandCreate, success("1", true)), does(commandRead, success("1", false))}, porcupine.Ok},
		"two customers":            {[]porcupine.Operation{does(commandCreate, success("1", false)), does(commandCreate, success("2", true))}, porcupine.Illegal},
		"created twice":            {[]porcupine.Operation{does(commandCreate, success("1", false)), does(commandCreate, success("1", false))}, porcupine.Illegal},
		"a replay of nothing":      {[]porcupine.Operation{does(commandCreate, success("1", true))}, porcupine.Illegal},
		"forgotten":                {[]porcupine.Operation{does(commandCreate, success("1", false)), does(commandRead, shows(phaseAbsent))}, porcupine.Illegal},
		"forgotten intent":         {[]porcupine.Operation{does(commandRead, shows(phaseOpen)), does(commandRead, shows(phaseAbsent))}, porcupine.Illegal},
		"read before it was asked": {[]porcupine.Operation{does(commandRead, shows(phaseOpen)), does(commandCreate, success("1", false))}, porcupine.Illegal},
		"success after refusal":    {[]porcupine.Operation{does(commandCreate, shows(phaseFailed)), does(commandCreate, success("1", false))}, porcupine.Illegal},
		"refusal after success":    {[]porcupine.Operation{does(commandCreate, success("1", false)), does(commandRead, shows(phaseFailed))}, porcupine.Illegal},
		"unknown after success":    {[]porcupine.Operation{does(commandCreate, success("1", false)), does(commandCreate, reply{kind: pending})}, porcupine.Illegal},
		"sent without a caller":    {[]porcupine.Operation{does(commandCreate, reply{kind: pending}), does(commandRead, shows(phaseNotSent)), does(commandRead, success("1", false))}, porcupine.Illegal},
		"sent again by its caller": {[]porcupine.Operation{does(commandCreate, reply{kind: pending}), does(commandRead, shows(phaseNotSent)), does(commandCreate, success("1", false))}, porcupine.Ok},
		"settled":                  {[]porcupine.Operation{does(commandCreate, reply{kind: pending}), does(commandRead, shows(phaseOpen)), does(commandRead, success("1", false)), does(commandCreate, success("1", true))}, porcupine.Ok},
		"lost, and made later":     {[]porcupine.Operation{endless(does(commandCreate, reply{kind: lost})), does(commandRead, shows(phaseAbsent)), does(commandRead, success("1", false))}, porcupine.Ok},
		"decided":                  {[]porcupine.Operation{does(commandCreate, shows(phaseNeedsPerson)), decides("7"), does(commandCreate, success("7", true))}, porcupine.Ok},
		"decided otherwise":        {[]porcupine.Operation{does(commandCreate, shows(phaseNeedsPerson)), decides("7"), does(commandRead, reply{kind: told, shows: standing{phaseSucceeded, "8", true}})}, porcupine.Illegal},
		"decided over an outcome":  {[]porcupine.Operation{does(commandCreate, success("1", false)), decides("7")}, porcupine.Illegal},
		"a person is not needed":   {[]porcupine.Operation{does(commandCreate, shows(phaseNeedsPerson)), does(commandResolve, reply{kind: notNeeded})}, porcupine.Illegal},
		"seen before its outcome": {[]porcupine.Operation{
			{Input: call{command: commandCreate}, Output: reply{kind: lost}, Call: 1, Return: 9},
			{Input: call{command: commandCreate}, Output: shows(phaseFailed), Call: 1, Return: 9},
			{Input: call{command: commandRead}, Output: shows(phaseAbsent), Call: 2, Return: 3},
			{Input: call{command: commandRead}, Output: shows(phaseOpen), Call: 4, Return: 5},
		}, porcupine.Ok},
	} {
		if got := isLinear(c.history); got != c.want {
			t.Errorf("%s: %s, not %s", name, got, c.want)
		}
	}
}

// shown returns the standing that a read of an operation shows.
func shown(operation *enlistv1.Operation) standing {
	s := standing{phase: phase(operation.GetState().String()[len("OPERATION_STATE_"):]), decided: operation.GetDecision() != nil}
	switch operation.GetState() {
	case succeeded:
		s.customer = operation.GetResponse().GetCustomer().GetId()
	case enlistv1.OperationState_OPERATION_STATE_INTENT, enlistv1.OperationState_OPERATION_STATE_UNKNOWN:
		s.phase = phaseOpen
	default:
	}
	return s
}

// mutated returns a history with another customer in its last success; nil if it has none.
func mutated(history []porcupine.Operation) []porcupine.Operation {
	history = slices.Clone(history)
	for i := range slices.Backward(history) {
		if r := history[i].Output.(reply); r.kind == told && r.shows.phase == phaseSucceeded && i > 0 {
			r.shows.customer += "x"
			history[i].Output = r
			return history
		}
	}
	return nil
}
