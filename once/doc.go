// Package once creates customers exactly once. It is the one place that decides when a vendor is
// called for a creation, and when again. It imports the journal and the Provider interface, and no
// vendor.
//
// # States
//
// Every creation is recorded before a vendor is called, under (principal, provider, request_id).
// From then on it is in one of six states. This table has everything that can happen to it:
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
//   - accepted: the request is recorded, and no other creation is open for the same customer.
//   - done: the response proves a success. The doc.go of each provider lists what does. Nothing else
//     in the response can undo it.
//   - refused: the vendor's own refusal. From UNKNOWN: a look-up has confirmed it.
//   - not-done: no byte left. The same request_id starts again (restarted).
//   - unanswered: bytes may have left, and the outcome is not proven. No trustworthy response came.
//     Or the response says that nothing was done (401, 404, 429, 503 and the like), which a proxy may
//     say of a request that it has passed on. Or it is a refusal that a look-up must confirm. Or an
//     earlier send is open.
//   - never-sent, abandoned: the process that worked on it died, before it could send, or perhaps
//     not.
//   - found, exists: a look-up found the customer. It is ours, or it is not.
//   - missing: a look-up after the vendor's own limit found nothing, and nothing more is sent without
//     the caller.
//   - send-again: a look-up found nothing, and the rules below permit another send.
//   - undecidable: there are several candidates, or they differ, or another creation may have made
//     the customer, or the vendor says that it made one and shows none, or it cannot be asked.
//   - late-answer: a sender that others took for dead has the vendor's response after all.
//   - person-succeeded, person-failed: a person's decision, with name and reason. Enlist checks it at
//     the vendor (checkDecision), unless the person overrides that. From SUCCEEDED and FAILED it
//     corrects an earlier decision of a person. An outcome that Enlist found is final. No correction
//     leads to a state from which anything is sent.
//
// # The loop
//
// A run works on one creation: load, choose an effect, carry it out, repeat (drive.go). nextEffect
// chooses, and decide says what follows from a look-up. Both are pure functions. Callers, readers of
// the customer, waiters on the operation and the reconciler start the same loop. Only a run with a
// caller begins or restarts a creation.
//
//	where the run stands                       effect    then
//	no record, a caller                        begin     INTENT is this run's, or the record is there, or wait for another
//	INTENT of this run                         send      an outcome; UNKNOWN if it is not proven
//	UNKNOWN or INTENT, owned by this run       look up   decide: an outcome, or INTENT again, or UNKNOWN still
//	UNKNOWN or INTENT, free or its owner dead  take      owned by this run, or wait for the living owner
//	NOT_SENT, a caller                         restart   INTENT is this run's, or wait for another
//	UNKNOWN, a pause is due                    rest      look up again, or the caller's time is over
//	anything else                              finish    respond from the record
//
// Within a process one goroutine at a time works on a creation (its job). Between processes the
// journal ensures that: a replica owns what it works on for as long as it is alive, and a record is
// replaced only by a writer that has seen its latest version. Each write carries the mark of its
// job. A job whose write returned an error reads the record and sees by the mark if the write was
// made.
//
// A call to the vendor ends with its caller until the first byte may have been written. From then on
// it goes on without the caller, to the vendor's own limit, and its outcome is recorded.
//
// Clocks may jump. Absence counts only if this process has itself seen the vendor's limit pass on its
// monotonic clock (observed.go). Times in the journal say when to look, never what is true.
//
// # Every way a vendor is called again
//
//	cause                                     what is called          limit                                   where
//	no byte of the request left               create                  4 times a send, 0.05 to 2.4 s apart     send
//	a look-up found nothing, a caller waits   create                  4 sends a request, after a pause        decide: resend
//	the same, without a caller                create                  2 sends, growing pauses, finish_within  decide: resend
//	the outcome is unknown                    look-up                 0.5 s to 5 min apart, growing           settle
//	a reader or a waiter asks                 look-up                 at most every 5 s                       helpAlong
//	a person decides                          look-up or read         once a decision                         resolve.go
//	ON_EXISTING is not FAIL, or no key        look-up before create   once a call of the provider             the provider
//	401 for a session (Opencell, Valomnia)    login, then the same    once a request, also a create           the provider
//	a kept connection was closed unused       the same request        as long as no byte was written          net/http
//	429 or Retry-After                        nothing                 the caller repeats, or a look-up waits  restLeft
//
// A create is sent again after bytes may have left only if all of this holds:
//
//   - A look-up has found nothing that is ours or may be ours. A customer under a nearly equal key is
//     unclear, never absent.
//   - If the vendor does not refuse a second customer (VERIFIABLE_BY_KEY, VERIFIABLE_BY_MATCH), the
//     look-up came after the vendor's own limit (timeout + lookup_lag). A vendor that cannot look up
//     (NONE) is sent nothing again.
//   - The response did not say that the vendor made a customer. If no look-up finds it, a person
//     decides.
//   - The vendor did not refuse the request. A refusal that an earlier copy of the request may have
//     caused counts after the vendor's limit.
//   - A caller waits, or it is early enough (finish_within), the request is complete in the journal,
//     and there were fewer than two sends without a caller. Otherwise a confirmed absence ends the
//     creation as NOT_SENT.
//   - This replica holds its lease, and has recorded the intent to send.
//
// The repeat after a 401 is safe, since Opencell and Valomnia refuse a second customer with the same
// key. The other adapters do not repeat.
//
// CUSTOMER_EXISTS is recorded only if a look-up found a customer that is not ours, or if no byte of
// the creation ever left before the look-up that found one. An update goes ahead at once if its
// look-up shows the customer under exactly the requested key. The circuit breaker counts a creation
// once, however often it is sent.
package once
