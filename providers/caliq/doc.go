// Package caliq creates customers in Caliq, an order management system.
//
// One call makes an account with an address and a contact, under the caller's account number; or, where Caliq numbers accounts
// itself (the connection's auto_numbering), under a number that its answer tells.
//
// What proves a success: OK is true and there is an AccountID, at any HTTP status, unless the
// response is about an account number that is neither equal nor nearly equal to the one sent. The
// customer's id is then Caliq's form of the number. Issues, and members that cannot be read, become
// warnings.
//
// What is a refusal: OK is false and there is no AccountID; and HTTP status 400. The first must be
// confirmed by a look-up. If its words are about a value that must be unique, an earlier copy of the
// same request may be the reason, so absence then counts only after the vendor's lag.
//
// How numbers are compared: see package match. Caliq may store a number in another form. A number
// that is only nearly equal stops a creation before it is sent, and leaves an outcome to a person.
//
// What to know of the vendor:
//   - Success and refusal both come with HTTP status 200; OK tells them apart.
//   - What the numbers of issues mean is not published. Enlist reads Caliq's catalogue of messages
//     once, when it needs one first.
//   - Whether a second account with the same number is refused is not documented, so each creation
//     under a number first looks whether it exists. Two creations at the same moment can both find
//     nothing: the caller of this package lets one at a time create a number.
//   - No documented call returns an account. CustomerChange lists the numbers and identifiers of all,
//     and that much can be read. A row that cannot be read is not the one that was asked for.
//   - An account is ours if the look-up before the send found none and there is one now. Where Caliq
//     numbers the accounts, nothing can be told.
//   - The page calls Country a currency code "in ISO3 format"; it is the alpha-3 code of the country.
//   - The connection's key goes in each body.
//
// Only package registry imports it.
package caliq
