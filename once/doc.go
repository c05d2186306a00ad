// Package once creates customers exactly once. It is the one place that decides when a vendor is
// called for a creation, and when again. It imports the journal and the Provider interface, and no
// vendor.
//
// # States
//
// Every creation is recorded before a vendor is called, under (principal, provider, request_id).
// From then on it is in one of seven states. This table has everything that can happen to it:
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
//	SUCCEEDED     erased            ERASED        eraser
//	FAILED        erased            ERASED        eraser
//	NOT_SENT      erased            ERASED        eraser
//
// The events:
//
//   - accepted: the request is recorded, and no other creation is open for the same customer.
//   - done: the response proves a success. The doc.go of each provider lists what does. Nothing
//     else in the response can undo it.
//   - refused: the vendor's own refusal. From UNKNOWN: a look-up has confirmed it.
//   - not-done: no byte left. The same request_id starts again (restarted).
//   - unanswered: bytes may have left, and the outcome is not proven. Either no trustworthy
//     response arrived. Or the response says that nothing was done (401, 404, 429, 503 and
//     others), which a proxy may say of a request that it has forwarded. Or a look-up must confirm
//     the refusal. Or the outcome of an earlier send is open.
//   - never-sent, abandoned: the process that owned the creation died, or owns it without a job
//     that works on it. It had sent nothing, or it may have sent the request.
//   - found, exists: a look-up found the customer. It is ours, or it is not.
//   - missing: a look-up after the vendor's own limit found nothing, and Enlist sends nothing more
//     without the caller.
//   - send-again: a look-up found nothing, and the rules below permit another send.
//   - undecidable: there are several candidates, or they differ, or another creation may have made
//     the customer. Or the vendor says that it made one and does not show it, or offers no look-up.
//   - late-answer: the vendor's response arrives although another replica took this one for dead.
//   - person-succeeded, person-failed: a person's decision, with name and reason. Enlist checks it
//     at the vendor (checkDecision), unless the person overrides that. From SUCCEEDED and FAILED
//     it corrects an earlier decision of a person. An outcome that Enlist found is final. No
//     correction leads to a state from which Enlist sends.
//   - erased: EraseCustomerData replaces the record by a tombstone (erase.go). Nothing leads out of
//     ERASED: a request with the request_id is refused, and a late response is dropped.
//
// # The loop
//
// A run works on one creation: load, choose an effect, carry it out, repeat (drive.go). nextEffect
// chooses the effect, and decide returns what follows from a look-up. Both are pure functions.
// Callers, readers of the customer, waiters on the operation and the reconciler start the same
// loop. Only a run with a caller begins or restarts a creation.
//
// Nothing stays open without a run. The reconciler claims what no living replica owns, and what is
// due. Every 10 s it also settles what this replica owns and no job works on (sweep). Such a record
// is left by a write that was made although it returned an error, or by a failover of the database
// that lost the later writes.
//
//	where the run stands        effect   then
//	no record, a caller         begin    this run owns the INTENT, or finds a record, or waits
//	INTENT recorded by the run  send     an outcome; UNKNOWN if it is not proven
//	the same, in a gap          look up  decide: an outcome, INTENT again, or still UNKNOWN
//	open, owned by the run      look up  decide: an outcome, INTENT again, or still UNKNOWN
//	open, not owned by the run  take     the run owns it, or waits for the living owner
//	NOT_SENT, a caller          restart  this run owns the INTENT, or waits
//	UNKNOWN, a pause is due     rest     look up again, unless the deadline passes
//	anything else               finish   respond from the record
//
// A creation is open in the states INTENT and UNKNOWN. Within a process one goroutine at a time
// works on a creation (its job). Between processes the journal ensures that: a replica owns what
// it works on while it is alive. Only a writer that has seen the latest version of a record
// replaces it. Each write carries the mark of its job. A job whose write returned an error reads
// the record, and the mark shows whether the write was made.
//
// A request to the vendor ends with its caller until the first byte may have been written. From
// then on it goes on without the caller, to the vendor's own limit, and its outcome is recorded.
//
// Clocks may jump. Absence counts only if this process has itself seen the vendor's limit pass on
// its monotonic clock (observed.go). Times in the journal say when to look up, never what is true.
//
// # Reasons
//
// A record that is UNKNOWN or NEEDS_PERSON says why (reason.go). The reasons follow from the same
// facts as the decisions: whyOpen from the latest send, whyPerson from the look-up that leaves the
// creation to a person, afterFailedLookup from one that failed. A reason belongs to one of the two
// states, and counts in no other.
//
// # A person's decision
//
// Enlist checks it against this table, from the top (checkDecision). unverified overrides all rows.
//
//	decision   evidence                                                     result
//	SUCCEEDED  the vendor cannot be asked now                               refused
//	SUCCEEDED  the vendor has no such customer                              refused
//	SUCCEEDED  another operation created it                                 refused
//	SUCCEEDED  a look-up shows it as ours or as unclear                     accepted
//	SUCCEEDED  the request adopts or updates the customer with its key      accepted
//	SUCCEEDED  the vendor created it before the first send                  refused
//	SUCCEEDED  an identifying value, or the key, differs from the request   refused
//	SUCCEEDED  a look-up shows it as another creation's                     refused
//	SUCCEEDED  no identifying value, and no key, can be compared            refused
//	SUCCEEDED  any other evidence                                           accepted
//	FAILED     the vendor offers a look-up, and cannot be asked now         refused
//	FAILED     a look-up shows a customer as ours or as unclear             refused
//	FAILED     the vendor's own limit has not passed since the latest send  refused
//	FAILED     any other evidence                                           accepted
//
// # Gaps
//
// The journal may have lost records: it was restored, or a standby without the latest writes was
// promoted. It then has a gap for a day (journal.Gap). While the gap is open, a creation that has
// no record, or is NOT_SENT, may have been sent since the gap begins. So its intent is recorded
// like one of a replica that has died after a send (gap.go): UnansweredSends counts the lost send,
// and UnknownSince is when the gap begins. The run owns it without being ready to send, so a
// look-up follows. What this process has observed of other creations before the gap opened no
// longer counts. If the vendor offers no look-up (NONE), such a creation is refused and not
// recorded.
//
// A store writes the state INTENT only to a server that it has identified, and only for a writer
// that knows the latest gap (journal.ErrGap).
//
// # Retention
//
// The payload of a record is deleted first: the request and the exchanges. The outcome follows.
// Both go when their retention is over by two clocks: the journal's, and the slow clock. The slow
// clock follows the journal's at four times the pace of this process's monotonic clock at most. The
// journal keeps it for the next process (retention.go). So a jump of the clock of any size deletes
// nothing at once, and its effect ends when the clock is right again. A creation without an outcome
// keeps its payload.
//
// # Erasure
//
// A tombstone has the key, the times and the hashes of its record, and who erased it. It lives as
// long as the outcome would have. The record must have an outcome, so nothing is in progress when
// it goes. The vendor comes first, then the records, then the journal's files. Each step may be
// repeated, so a call after a crash does all of them again.
//
// Where the vendor assigns ids, a tombstone still says that another creation made its customer: a
// look-up by content must not take that one for its own. Where the caller chooses ids, it says
// nothing, because the same person may sign up again under the same id.
//
// # Every way a vendor is called again
//
//	cause                            what is sent      limit                            where
//	no byte of the request left      create            4 times a send, 0.05-2.4 s       send
//	nothing found, a caller waits    create            4 sends a request, after pauses  decide
//	nothing found, no caller         create            2 sends within finish_within     decide
//	the outcome is unknown           look-up           0.5 s to 5 min apart, growing    settle
//	a reader or a waiter asks        look-up           at most every 5 s                helpAlong
//	a person decides                 look-up, read     once a decision                  resolve.go
//	an operator sees candidates      look-up           once a call, changes nothing     candidates.go
//	a person erases                  read, erase       once an erasure                  erase.go
//	an update, an adoption, Caliq    look-up, create   once an attempt                  LooksFirst
//	401 (Opencell, Valomnia)         login, the same   once a request, create included  provider
//	rejected, the files have others  login, the same   once a change of the files       registry
//	a kept connection was closed     the same          while no byte was written        net/http
//	429 or Retry-After               none              the caller or a look-up waits    restLeft
//
// After bytes may have left, a create request is sent again only if all of this holds:
//
//   - A look-up has found nothing that is ours or may be ours. A customer under a nearly equal key
//     is unclear, never absent.
//   - If the vendor does not refuse a second customer (VERIFIABLE_BY_KEY, VERIFIABLE_BY_MATCH), the
//     look-up came after the vendor's own limit (timeout + lookup_lag). If the vendor offers no
//     look-up (NONE), nothing is sent again.
//   - The response did not say that the vendor made a customer. If no look-up finds it, a person
//     decides.
//   - The vendor did not refuse the request. A refusal that an earlier copy of the request may have
//     caused counts after the vendor's limit.
//   - A caller waits. Or it is early enough (finish_within), the request is complete in the
//     journal, and there were fewer than two sends without a caller. Otherwise a confirmed absence
//     ends the creation as NOT_SENT.
//   - This replica holds its lease, and has recorded the intent to send.
//
// The repeat after a 401 is safe, because Opencell and Valomnia refuse a second customer with the
// same key. The other adapters do not repeat.
//
// If the configuration's files have other credentials than the rejected ones, the provider repeats
// a login, a read or a look-up with those. A create request that was itself rejected is open like
// any other without a proven outcome. Its error then has RetryAfter, so the run of its caller looks
// the customer up.
//
// # Reloads
//
// Reconfigure replaces the providers. A call and the settlement of a creation end with the
// providers that they began with. A creation whose provider was removed rests, as after a restart
// without it: it is looked up when the provider is back, and needs a person after finish_within.
//
// CUSTOMER_EXISTS is recorded only if a look-up found a customer that is not ours, or if no byte of
// the creation had left before the look-up that found it. An update is sent at once if its look-up
// shows the customer under exactly the requested key. The circuit breaker counts a creation once,
// however often it is sent.
//
// # What the journal shows is durable
//
// A write that returned an error may be shown by reads and be lost later, when a standby takes the
// place of the database. A job that takes such an intent for its own would send it, and after the
// loss the same request_id would send it again. So the journal ensures that what a read returns is
// durable. The search of the model (model_test.go) finds the second customer without this.
package once
