// Package caliq signs customers up at Caliq, an order management system.
//
// One call makes an account with an address and a contact, under the caller's account number; or, where Caliq numbers accounts
// itself (the connection's auto_numbering), under a number that its answer tells.
//
// What to know of the vendor:
//   - Success and refusal both come with HTTP status 200; OK tells them apart. A success may carry issues, too: they are in the
//     vendor record.
//   - What the numbers of issues mean is not published. Caliq's own catalogue of messages is asked, once, when one first comes.
//   - Whether a second account with the same number is refused is not documented, so each create under a number first looks
//     whether it exists. Two creates at the same moment can both find nothing: one at a time for a number is the caller's part.
//   - No documented call returns an account. CustomerChange lists the numbers and identifiers of all, and that much can be read.
//   - What an unknown outcome has made can be told by its number only: an account is ours when the look before the send found none.
//     Where Caliq numbers the accounts, nothing can be told.
//   - The page calls Country a currency code "in ISO3 format"; it is the alpha-3 code of the country.
//   - The connection's key goes in each body.
package caliq
