// What the page says of the contract's values. A test compares the names with the contract.

export const states = {
  OPERATION_STATE_INTENT: ['Sending', 'Enlist is sending the request. Nothing to do, unless it stays so for minutes: then read the log, and restart the replicas one after the other.'],
  OPERATION_STATE_SUCCEEDED: ['Succeeded', 'Nothing to do. The customer exists at the provider.'],
  OPERATION_STATE_FAILED: ['Failed', 'Nothing to do. The request was refused, and nothing was created.'],
  OPERATION_STATE_NOT_SENT: ['Not sent', 'Nothing to do. Nothing was created, and the caller can repeat the same request_id.'],
  OPERATION_STATE_UNKNOWN: ['Unknown', 'Nothing to do yet. Enlist looks the customer up in the background. If it stays so, check that the provider responds.'],
  OPERATION_STATE_NEEDS_PERSON: ['Needs a person', 'Compare the candidates with the request, look at the vendor, and decide below.'],
  OPERATION_STATE_ERASED: ['Erased', 'Nothing to do. Enlist erased what it held of the customer.'],
};

// reasons are the short form of each reason, and the next step where it is not that of the state.
export const reasons = {
  OPERATION_REASON_NO_RESPONSE: ['No response'],
  OPERATION_REASON_REFUSAL_UNCONFIRMED: ['Refusal not confirmed'],
  OPERATION_REASON_SUCCESS_UNPROVEN: ['Success not proven'],
  OPERATION_REASON_INTERRUPTED: ['Interrupted'],
  OPERATION_REASON_RECORDS_LOST: ['Records lost'],
  OPERATION_REASON_LOOKUP_FAILED: ['Look-up failed'],
  OPERATION_REASON_SEVERAL_CUSTOMERS: ['Several customers'],
  OPERATION_REASON_CUSTOMER_DIFFERS: ['Customer differs'],
  OPERATION_REASON_CUSTOMER_CLAIMED: ['Customer of another operation', 'Find out which of the two operations created the customer, and decide below.'],
  OPERATION_REASON_CUSTOMER_NOT_SHOWN: ['Customer not shown', 'Look for the customer in the vendor’s own interface, and decide below with the id that you find.'],
  OPERATION_REASON_NO_LOOKUP: ['No look-up', 'Look for the customer in the vendor’s own interface, and decide below.'],
  OPERATION_REASON_PROVIDER_CHANGED: ['Provider changed', 'Put the provider and its settings back, or look in the vendor’s own interface, and decide below.'],
  OPERATION_REASON_LOOKUPS_FAILED: ['Look-ups failed', 'Read below what the vendor returned. Then look in the vendor’s own interface, and decide below.'],
};

// unknownReasons belong to OPERATION_STATE_UNKNOWN, all others to OPERATION_STATE_NEEDS_PERSON.
const unknownReasons = new Set([
  'OPERATION_REASON_NO_RESPONSE', 'OPERATION_REASON_REFUSAL_UNCONFIRMED', 'OPERATION_REASON_SUCCESS_UNPROVEN',
  'OPERATION_REASON_INTERRUPTED', 'OPERATION_REASON_RECORDS_LOST', 'OPERATION_REASON_LOOKUP_FAILED',
]);

export const stateOf = (reason) => unknownReasons.has(reason) ? 'OPERATION_STATE_UNKNOWN' : 'OPERATION_STATE_NEEDS_PERSON';

export const kinds = {
  TRY_KIND_SEND: 'Creation',
  TRY_KIND_LOOKUP: 'Look-up',
};

export const stages = {
  SEND_STAGE_NOT_SENT: 'not sent',
  SEND_STAGE_SENT: 'sent, no trustworthy response',
  SEND_STAGE_ANSWERED: 'the vendor responded',
};

export const matches = {
  CANDIDATE_MATCH_UNCLEAR: 'Unclear',
  CANDIDATE_MATCH_OURS: 'Fits this creation',
  CANDIDATE_MATCH_OTHER: 'Older, or of another creation',
};

export const decisions = {
  DECISION_SUCCEEDED: 'The customer exists',
  DECISION_FAILED: 'Nothing was created',
};

// Each is a word, and how urgent it is.
export const breakers = {
  BREAKER_STATE_UNSPECIFIED: ['none', ''],
  BREAKER_STATE_CLOSED: ['closed', 'good'],
  BREAKER_STATE_OPEN: ['open: refuses requests', 'bad'],
  BREAKER_STATE_HALF_OPEN: ['half open: tests the vendor', 'warn'],
};

export const credentials = {
  CREDENTIAL_STATE_UNSPECIFIED: ['not used yet', ''],
  CREDENTIAL_STATE_ACCEPTED: ['accepted', 'good'],
  CREDENTIAL_STATE_REJECTED: ['rejected', 'bad'],
};

export const safeties = {
  DUPLICATE_SAFETY_CLASS_ENFORCED_BY_KEY: 'Enforced by key',
  DUPLICATE_SAFETY_CLASS_VERIFIABLE_BY_KEY: 'Verifiable by key',
  DUPLICATE_SAFETY_CLASS_VERIFIABLE_BY_MATCH: 'Verifiable by match',
  DUPLICATE_SAFETY_CLASS_NONE: 'None',
};

// plain makes words of an enum's name: VENDOR_X_AND_Y becomes X and y.
export function plain(name, prefix) {
  const words = name.replace(prefix, '').toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
