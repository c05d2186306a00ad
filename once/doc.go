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
//   - done: the response proves a success; the doc.go of each provider lists what does. Nothing else in the response can undo it.
//   - refused: the vendor's own refusal. From UNKNOWN: a look-up has confirmed it.
//   - not-done: no byte left. The same request_id starts again (restarted).
//   - unanswered: bytes may have left, and the outcome is not proven: no trustworthy response came; or the response says that nothing was
//     done (401, 404, 429, 503 and the like), which a proxy may say of a request that it has passed on; or it is a refusal that a look-up
//     must confirm; or an earlier send is open.
//   - never-sent, abandoned: whoever held the create died; before it could send, or perhaps not.
//   - found, exists: a look-up found the customer, and it is ours; it is there and is not ours.
//   - missing: a look-up after the vendor's own limit found nothing, and nothing will be sent without the caller.
//   - send-again: a look-up found nothing, and the rules below let the creation be sent again.
//   - undecidable: several, differing, another creation may have made it, the vendor says that it
//     made one and shows none, or the vendor cannot be asked.
//   - late-answer: a sender that others took for dead has the vendor's answer after all.
//   - person-succeeded, person-failed: a person's decision, with name and reason. Enlist checks it
//     at the vendor (checkDecision), unless the person overrides that. From SUCCEEDED and FAILED
//     it corrects an earlier decision of a person: an outcome that Enlist found is final. No
//     correction leads to a state from which anything is sent.
//
// When a vendor is sent a creation a second time:
//
//   - A look-up must have found nothing that is ours or may be ours. A customer under a nearly equal key is unclear, never absent.
//   - A vendor that does not refuse a second customer (VERIFIABLE_BY_KEY, VERIFIABLE_BY_MATCH) is looked at after its own limit. One that
//     nobody can look at (NONE) is sent nothing again.
//   - What the vendor says it made is not sent again, though the response does not prove which
//     customer that was. It has another key, for instance. If no look-up finds it, a person
//     decides.
//   - What was refused is not sent again. A refusal that an earlier copy of the request may have caused counts after the vendor's limit.
//   - Without a caller a creation is sent twice more at most, after pauses that grow (maxUnattended, firstRest). Then a confirmed absence
//     ends it as NOT_SENT. A call sends four times at most (maxCalls).
//   - Below this package: the adapters of Opencell and Valomnia renew a rejected session and repeat the request once, since a second
//     creation is refused there; net/http takes another connection if it has written nothing to the first.
//
// CUSTOMER_EXISTS is recorded only if a look-up has found a customer that is not ours, or if no byte of the creation ever left before the
// look-up that found one. An update goes ahead at once if its look-up shows the customer under exactly the requested key.
//
// The circuit breaker counts a creation once, however often it is sent.
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
