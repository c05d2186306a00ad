// Package caliq creates customers at Caliq, an order management system.
//
// One request creates an account with an address and a contact, under the caller's account number.
// If Caliq assigns the numbers (the setting auto_numbering), its response has the number.
//
// Success: OK is true and there is an AccountID, at any HTTP status, unless the response has an
// account number that is neither equal nor nearly equal to the one sent. The customer's id is then
// Caliq's form of the number. Issues and unreadable members become warnings.
//
// Refusal: OK is false and there is no AccountID, or HTTP status 400. A look-up must confirm the
// former. If its words are about a value that must be unique, an earlier copy of the same request
// may be the cause, so absence counts only after the vendor's lag.
//
// Comparison of numbers: see package match. Caliq may store a number in another form. A nearly
// equal number stops a creation before the send. After the send, a person decides.
//
// Facts about the vendor:
//   - Success and refusal both have HTTP status 200. OK tells them apart.
//   - Caliq does not publish the meaning of the issue numbers. Enlist reads Caliq's catalogue of
//     messages once, when it first needs one.
//   - Caliq does not document that it refuses a second account with the same number. So each
//     creation with a number looks it up first. Two simultaneous creations can both find nothing:
//     the caller of this package must allow one creation of a number at a time.
//   - No documented request returns one account. CustomerChange lists the numbers and ids of all
//     accounts. A row that Enlist cannot read does not count as the requested account.
//   - An account is ours if the look-up before the send found none and there is one now. If Caliq
//     assigns the numbers, Enlist cannot tell.
//   - Caliq's page calls Country a currency code "in ISO3 format". It is the alpha-3 code of the
//     country.
//   - Each body contains the provider's key.
//
// Only package registry imports it.
package caliq
