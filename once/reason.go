package once

import (
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/proto"

	journalv1 "github.com/enlist-dev/enlist/gen/go/enlist/journal/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/providers/match"
)

// The reasons, shorter.
const (
	noReason           = enlistv1.OperationReason_OPERATION_REASON_UNSPECIFIED
	noAnswer           = enlistv1.OperationReason_OPERATION_REASON_NO_RESPONSE
	refusalUnconfirmed = enlistv1.OperationReason_OPERATION_REASON_REFUSAL_UNCONFIRMED
	successUnproven    = enlistv1.OperationReason_OPERATION_REASON_SUCCESS_UNPROVEN
	interrupted        = enlistv1.OperationReason_OPERATION_REASON_INTERRUPTED
	recordsLost        = enlistv1.OperationReason_OPERATION_REASON_RECORDS_LOST
	lookupFailed       = enlistv1.OperationReason_OPERATION_REASON_LOOKUP_FAILED
	severalCustomers   = enlistv1.OperationReason_OPERATION_REASON_SEVERAL_CUSTOMERS
	customerDiffers    = enlistv1.OperationReason_OPERATION_REASON_CUSTOMER_DIFFERS
	customerClaimed    = enlistv1.OperationReason_OPERATION_REASON_CUSTOMER_CLAIMED
	notShown           = enlistv1.OperationReason_OPERATION_REASON_CUSTOMER_NOT_SHOWN
	noLookup           = enlistv1.OperationReason_OPERATION_REASON_NO_LOOKUP
	providerChanged    = enlistv1.OperationReason_OPERATION_REASON_PROVIDER_CHANGED
	lookupsFailed      = enlistv1.OperationReason_OPERATION_REASON_LOOKUPS_FAILED
)

const (
	// mostCandidates is how many candidates a record keeps.
	mostCandidates = 100
	// mostNamed is how many of them the sentence names.
	mostNamed = 5
)

// StateOf returns the state to which a reason belongs, or unspecified for no reason.
func StateOf(code enlistv1.OperationReason) enlistv1.OperationState {
	value := code.Descriptor().Values().ByNumber(code.Number())
	if value == nil {
		return none
	}
	switch actor, _ := proto.GetExtension(value.Options(), enlistv1.E_NextActor).(enlistv1.Actor); actor {
	case enlistv1.Actor_ACTOR_ENLIST:
		return unknown
	case enlistv1.Actor_ACTOR_PERSON:
		return needsPerson
	default:
		return none
	}
}

// explain makes the reason of a record agree with its state, before a write. A record in another
// state keeps no ids of candidates.
func explain(record *journal.Record) {
	payload := record.Payload
	switch code := payload.GetReason().GetCode(); {
	case record.State != unknown && record.State != needsPerson:
		payload.Reason = nil
	case record.State == unknown && StateOf(code) != unknown:
		payload.Reason = &journalv1.Reason{Code: whyOpen(latestSend(record))}
	}
}

// latestSend returns what a record in state UNKNOWN shows about its latest send.
func latestSend(record *journal.Record) sendFacts {
	payload := record.Payload
	failure := payload.GetFailure()
	f := sendFacts{
		lost:     !hasSent(record),
		saidDone: failure.GetConfirm() == journalv1.Confirmation_CONFIRMATION_BY_CUSTOMER,
		refused: payload.GetRefusedAgain() ||
			failure.GetStage() == enlistv1.SendStage_SEND_STAGE_ANSWERED && failure.GetReason() != enlistv1.ErrorReason_OUTCOME_UNKNOWN,
	}
	for _, try := range slices.Backward(payload.GetTries()) {
		if !isLookup(try) {
			f.died = try.GetEndTime() == nil
			break
		}
	}
	return f
}

// reasonWith returns a reason with the candidates that may be this creation's.
func reasonWith(code enlistv1.OperationReason, candidates []candidate) *journalv1.Reason {
	reason := &journalv1.Reason{Code: code}
	var found []*enlistv1.Customer
	for _, one := range candidates {
		if one.Match == providers.MatchOther || len(reason.GetCandidates()) == mostCandidates {
			continue
		}
		stored := &journalv1.Reason_Candidate{CustomerId: one.id()}
		for _, difference := range one.differences {
			stored.Differences = append(stored.Differences, difference.Path)
		}
		reason.Candidates = append(reason.Candidates, stored)
		found = append(found, one.Found)
	}
	reason.Differing = providers.Differing(found)
	return reason
}

// Reason returns why a record is UNKNOWN or NEEDS_PERSON: the code, and a sentence that is
// personal. It returns neither in other states. An earlier release recorded no reason, and an older
// replica may have moved the record since. Reason then returns what the record shows.
func (s *Service) Reason(record *journal.Record) (enlistv1.OperationReason, string) {
	if record.State != unknown && record.State != needsPerson {
		return noReason, ""
	}
	s = s.configured()
	reason := record.Payload.GetReason()
	if StateOf(reason.GetCode()) != record.State {
		reason = &journalv1.Reason{Code: s.derived(record)}
	}
	return reason.GetCode(), s.sentence(record, reason)
}

// derived returns the reason that a record without one shows.
func (s *Service) derived(record *journal.Record) enlistv1.OperationReason {
	switch {
	case record.State == unknown:
		return whyOpen(latestSend(record))
	case s.providers[record.Provider] != nil && s.class(record.Provider) == noneToAsk:
		return noLookup
	}
	return noReason
}

// sentence says a reason.
func (s *Service) sentence(record *journal.Record, reason *journalv1.Reason) string {
	vendor := "provider " + record.Provider
	if description := s.describe(record.Provider); description != nil {
		vendor = providers.VendorName(description.Vendor)
	}
	switch reason.GetCode() {
	case noAnswer:
		return "Enlist sent the request to " + vendor + " and received no response that it can trust; " + looks(reason)
	case refusalUnconfirmed:
		return "The response of " + vendor + " says that nothing was created, and a look-up must confirm it; " + looks(reason)
	case successUnproven:
		return "The response of " + vendor + " says that it created a customer and does not prove which; " + looks(reason)
	case interrupted:
		return "The replica that sent the request to " + vendor + " stopped and recorded no outcome; " + looks(reason)
	case recordsLost:
		return "The journal lost records, perhaps also of an earlier call with this request_id, so Enlist sends nothing to " + vendor +
			" before a look-up; " + looks(reason)
	case lookupFailed:
		return "The latest look-up at " + vendor + " failed, for the reason in its attempt; Enlist tries again."
	case severalCustomers:
		return several(vendor, reason)
	case customerDiffers:
		return "One customer at " + vendor + " matches this request" + only(reason) + "; " + difference(vendor, record, reason) + "."
	case customerClaimed:
		return "One customer at " + vendor + " equals this request" + only(reason) + "; another operation may have created it."
	case notShown:
		return capital(vendor) + " says that the customer exists, and no look-up finds it."
	case noLookup:
		return capital(vendor) + " offers no look-up for this customer."
	case providerChanged:
		return "Provider " + record.Provider + " was removed from the configuration, or its settings no longer accept the request, so Enlist cannot " +
			"look the customer up."
	case lookupsFailed:
		return capital(vendor) + " refused the look-ups, or Enlist could not read its responses; the attempts show which."
	default:
		return "Enlist cannot find the outcome at " + vendor + "; the version of Enlist that found this out did not record why."
	}
}

// looks says what Enlist does about an unknown outcome, and which customers it has found so far.
func looks(reason *journalv1.Reason) string {
	if ids := idsOf(reason); len(ids) > 0 {
		return "the latest look-up found " + named(ids) + ", and Enlist looks again."
	}
	return "Enlist looks the customer up."
}

// several is the sentence for several candidates.
func several(vendor string, reason *journalv1.Reason) string {
	ids := idsOf(reason)
	text := capital(number(len(ids))) + " customers at " + vendor
	switch distinct := slices.Compact(slices.Sorted(slices.Values(ids))); {
	case len(distinct) == 1 && distinct[0] != "":
		text += " with the id " + distinct[0] + " match this request"
	default:
		text += " match this request: " + named(ids)
	}
	if words := inWords(reason.GetDiffering()); words != "" {
		return text + "; they differ in " + words + "."
	}
	return text + "; what the vendor returns of them does not differ."
}

// difference says how the one candidate differs from the request.
func difference(vendor string, record *journal.Record, reason *journalv1.Reason) string {
	for _, one := range reason.GetCandidates() {
		paths := one.GetDifferences()
		if match.Keys(record.Payload.GetExclusiveKey(), one.GetCustomerId()) == match.Near {
			if paths = slices.DeleteFunc(slices.Clone(paths), func(path string) bool { return path == "customer.id" }); len(paths) == 0 {
				return "its id is only nearly equal to the requested one"
			}
		}
		if words := inWords(paths); words != "" {
			return "it differs from the request in " + words
		}
	}
	return vendor + " returns too little of it to compare"
}

// only names the one candidate.
func only(reason *journalv1.Reason) string {
	for _, id := range idsOf(reason) {
		return ", " + named([]string{id})
	}
	return ""
}

func idsOf(reason *journalv1.Reason) (ids []string) {
	for _, one := range reason.GetCandidates() {
		ids = append(ids, one.GetCustomerId())
	}
	return ids
}

// named lists ids. It names a few of many.
func named(ids []string) string {
	more := len(ids) - mostNamed
	if more > 0 {
		ids = ids[:mostNamed]
	}
	shown := make([]string, len(ids), len(ids)+1)
	for i, id := range ids {
		if shown[i] = id; id == "" {
			shown[i] = "one without a readable id"
		}
	}
	if more > 0 {
		shown = append(shown, number(more)+" more")
	}
	return enumerate(shown)
}

// inWords lists fields in words, each once.
func inWords(paths []string) string {
	var words []string
	for _, path := range paths {
		if field := providers.FieldWords(path); !slices.Contains(words, field) {
			words = append(words, field)
		}
	}
	return enumerate(words)
}

func enumerate(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// number returns a number in words if it is less than ten.
func number(n int) string {
	small := [...]string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"}
	if n < len(small) {
		return small[n]
	}
	return strconv.Itoa(n)
}

func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
