// Package avvio signs customers up at Avvio/SHR, a booking engine for hotels with a CRM.
//
// One call makes a guest's account, with a password, at one property (site). Avvio gives the account its id, which is the
// customer's id; a caller cannot choose it.
//
// What to know of the vendor:
//   - There is one URL. What a call does stands in its body as `operation`, and so do the API user's name and password.
//   - Ids of accounts need 64 bits.
//   - A success has the status ok and an accountID. No failure is documented: see the file refusal.go for what is assumed.
//   - That a second account for the same person is refused is not documented, and there is no call that changes one.
//   - An account is read out of the list of all accounts of a property. The members of its address and the form of its times are
//     not documented; what is not understood is left out, and is in the vendor record.
//   - What an unknown outcome has made is looked for in that list by email, name and time. Times come without a zone, and what the list's
//     afterDate leaves out is not documented, so days more than needed are asked for; and an account of the person whose time would
//     have to be of another zone is left to a person.
//   - Bodies hold two secrets, the API user's password and the account's, and answers may repeat them.
package avvio
