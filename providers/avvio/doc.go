// Package avvio creates customers in Avvio/SHR, a booking engine for hotels with a CRM.
//
// One call makes a guest's account, with a password, at one property (site). Avvio gives the account its id, which is the
// customer's id; a caller cannot choose it.
//
// What proves a success: the status ok and an accountID, at any HTTP status.
//
// What is a refusal: a status in Avvio's words that says so; see refusal.go for what is assumed. A
// look-up must confirm it. If the words are about something that exists, or the HTTP status is 500,
// absence counts only after the vendor's lag.
//
// How accounts are compared: by email (trimmed, in any case), names and time. An account whose names
// Avvio may have rewritten (without accents, cut short, with HTML escapes) is never taken for none:
// a person decides about it.
//
// What to know of the vendor:
//   - There is one URL. What a request does stands in its body as `operation`, and so do the API
//     user's name and password.
//   - Ids of accounts need 64 bits.
//   - That a second account for the same person is refused is not documented, and there is no call
//     that changes one.
//   - An account is read out of the list of all accounts of a property. The response documents no
//     status. A row that cannot be read is skipped. The members of an address and the form of times
//     are not documented; what is not understood is left out, and is in the vendor record.
//   - What an unknown outcome has made is looked for in that list. Times come without a zone, and
//     what the list's afterDate leaves out is not documented. So Enlist asks for more days than
//     needed, and leaves an account to a person whose time would have to be of another zone.
//   - Bodies hold two secrets, the API user's password and the account's, and responses may repeat
//     them.
//
// Only package registry imports it.
package avvio
