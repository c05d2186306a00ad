// Package avvio creates customers at Avvio/SHR, a booking engine for hotels with a CRM.
//
// One request creates a guest's account, with a password, at one property (site). Avvio assigns the
// account id, which is the customer's id. A caller cannot choose it.
//
// Success: the status ok and an accountID, at any HTTP status.
//
// Refusal: a status in Avvio's words that says so; refusal.go lists the assumptions. A look-up must
// confirm it. If the words are about something that exists, or the HTTP status is 500, absence
// counts only after the vendor's lag.
//
// Comparison of accounts: by email (trimmed, in any case), names and time. Avvio may rewrite a name
// (without accents, cut short, with HTML escapes). Such an account never counts as absent: a person
// decides.
//
// Facts about the vendor:
//   - There is one URL. The body contains the operation (`operation`), and the API user's name and
//     password.
//   - Account ids need 64 bits.
//   - Avvio does not document that it refuses a second account for the same person, and has no
//     request that changes an account.
//   - Enlist reads an account from the list of all accounts of a property. Avvio documents no
//     status in that response. Enlist skips a row that it cannot read. Avvio documents neither the
//     members of an address nor the form of times. Enlist omits what it cannot read; the vendor
//     record has it.
//   - Enlist resolves an unknown outcome with that list. Times have no zone, and Avvio does not
//     document what the list's afterDate excludes. So Enlist requests more days than it needs. A
//     person decides about an account whose time would need another zone.
//   - Bodies contain two secrets, the passwords of the API user and of the account. Responses may
//     repeat them.
//
// Only package registry imports it.
package avvio
