// Package once creates customers exactly once. It is the one place that decides when a vendor is called for a create, and when again.
//
// Every create is recorded before a vendor is called, under (principal, provider, request_id). From then on it is in one of six
// states, and this table is all that can happen to it:
//
//	from          event             to            by
//	-             accepted          INTENT        caller
//	INTENT        done              SUCCEEDED     sender
//	INTENT        refused           FAILED        sender
//	INTENT        not-done          NOT_SENT      sender
//	INTENT        unanswered        UNKNOWN       sender
//	INTENT        never-sent        NOT_SENT      settler
//	INTENT        abandoned         UNKNOWN       settler
//	NOT_SENT      restarted         INTENT        caller
//	UNKNOWN       found             SUCCEEDED     settler
//	UNKNOWN       exists            FAILED        settler
//	UNKNOWN       refused           FAILED        settler
//	UNKNOWN       missing           NOT_SENT      settler
//	UNKNOWN       send-again        INTENT        settler
//	UNKNOWN       undecidable       NEEDS_PERSON  settler
//	UNKNOWN       late-answer       SUCCEEDED     sender
//	NOT_SENT      late-answer       SUCCEEDED     sender
//	NEEDS_PERSON  late-answer       SUCCEEDED     sender
//	NEEDS_PERSON  person-succeeded  SUCCEEDED     person
//	NEEDS_PERSON  person-failed     FAILED        person
//	SUCCEEDED     person-failed     FAILED        person
//	SUCCEEDED     person-succeeded  SUCCEEDED     person
//	FAILED        person-succeeded  SUCCEEDED     person
//	FAILED        person-failed     FAILED        person
//
// The events:
//
//   - accepted: the request is recorded, and nobody else has a create under way for the same customer.
//   - done, refused: the vendor's own answer. From UNKNOWN, refused is the answer to a send again, believed once a look-up has found nothing.
//   - not-done: no byte left, or the vendor said that it did nothing. The same request_id starts again (restarted).
//   - unanswered: bytes may have left, and no answer came that can be believed; or a send again was refused, or did not leave.
//   - never-sent, abandoned: whoever held the create died; before it could send, or perhaps not.
//   - found, exists: a look-up found the customer, and it is ours; it is there and is not ours.
//   - missing: a look-up after the vendor's own limit found nothing, and nothing will be sent without the caller.
//   - send-again: a look-up found nothing, and the vendor's class of duplicate safety lets the create be sent again.
//   - undecidable: several, differing, or the vendor cannot be asked.
//   - late-answer: a sender that others took for dead has the vendor's answer after all.
//   - person-succeeded, person-failed: a person's decision, with name and reason. Enlist checks it
//     at the vendor (checkDecision), unless the person overrides that. From SUCCEEDED and FAILED
//     it corrects an earlier decision of a person: an outcome that Enlist found is final. No
//     correction leads to a state from which anything is sent.
//
// Caller, sender, settler and person are parts, not processes. The caller's call records the intent. The sender makes the vendor call in a
// goroutine of its own: until a connection is ready it gives up with its caller, from then on it goes on without one to the vendor's own
// limit. A settler looks up what became of an unknown outcome: when the same request_id comes again, when the customer is read, when
// somebody waits, and by itself (the reconciler). What it then does is in function decide, and nowhere else.
//
// Within a process one goroutine at a time works on a create (its flight). Between processes the journal sees to that: a replica owns
// what it works on for as long as it is alive, and a record is replaced only by who has seen its latest version.
//
// Clocks may jump. That a customer is missing is therefore believed only when this process has itself seen the vendor's limit go by on
// its monotonic clock; the times in the journal only say when it is worth looking.
package once
