// Package sellandsign creates customers at Sell&Sign, an electronic signature service, and lists
// their contractors (the people who sign for them).
//
// One request, selectOrCreateCustomer, creates the customer with the caller's number or merges into
// the existing one. So Enlist reads first, and ON_EXISTING_FAIL overwrites no customer. Another
// client can still create the customer between the read and the send. The response then has a
// creation date before its syncTimer, and the outcome is OUTCOME_UPDATED. Enlist sets the free
// properties after the creation, with one request for each key. If such a request fails, the
// creation still succeeds, and the response names the property.
//
// Success: HTTP status 2xx, a number that is equal or nearly equal to the one sent, and an actorId.
// The customer's id is then Sell&Sign's form of the number. Unreadable members become warnings.
//
// Refusal: HTTP status 400, 409, 414, 422 and 431. A look-up must confirm it. At 409, or if the
// words are absent or about a value that must be unique, absence counts only after the vendor's
// lag. A 500 may be a refusal, too, but Enlist cannot tell, so the outcome is unknown.
//
// Comparison of numbers: see package match. A nearly equal number stops a creation before the send.
// After the send, the customer is ours if content and creationDate prove it. Otherwise a person
// decides.
//
// Facts about the vendor:
//   - The query contains all parameters, also the optional ones that are empty. An empty one
//     deletes the stored value. So an update first reads the customer, and sends the stored values
//     for the fields that the request does not set. It replaces an address as a whole.
//   - Enlist resolves an unknown outcome by reading the number. It compares the content, and
//     creationDate, which it assumes to be within ten minutes of our clock.
//   - The header j_token contains the token. Proxies may drop headers with an underscore, as nginx
//     does by default. The setting token_in_query is for such a connection.
//   - Errors are not documented. A response without the customer's object and the number that was
//     sent is not a success, at any status. The response to a creation needs an actorId, too.
//   - The response of getCustomer for an unknown number is not documented. Enlist accepts null, an
//     empty body, and 400, 404, 410 and 422 as "not found", and nothing else.
//   - Enlist sends a date of birth in milliseconds since 1970, as responses do, where -1 means
//     none. The page does not document the form.
//   - A new customer has equal creationDate and syncTimer in the page's sample. Nothing documents
//     that.
//   - Keys of free properties must be declared at Sell&Sign. Any other key fails.
//
// Only package registry imports it.
package sellandsign
