// Package sellandsign creates customers in Sell&Sign, an electronic signature service, and lists their contractors (the people who
// sign for them).
//
// One call, selectOrCreateCustomer, makes the customer with the caller's number or merges into the one that has it. So that
// ON_EXISTING_FAIL overwrites nobody, it reads first; so do ON_EXISTING_ADOPT and ON_EXISTING_UPDATE. Somebody else's create can still come between the
// read and the send: the answer then shows a creation date before its syncTimer, and the outcome is OUTCOME_UPDATED.
// Free properties go after the create, in a call for each key. A failure there never makes the create one: the answer names it.
//
// What proves a success: HTTP status 2xx, a number that is equal or nearly equal to the one sent, and
// an actorId. The customer's id is then Sell&Sign's form of the number. Members that cannot be read
// become warnings.
//
// What is a refusal: HTTP status 400, 409, 414, 422 and 431. A look-up must confirm it. At 409, or if
// the words are about a value that must be unique, or without any, absence counts only after the
// vendor's lag. A 500 may be a refusal, too, but nothing tells which: its outcome is unknown.
//
// How numbers are compared: see package match. A number that is only nearly equal stops a creation
// before it is sent. Later it is ours if content and creationDate say so, else a person decides.
//
// What to know of the vendor:
//   - All parameters go in the query, the optional ones too when they are empty, and an empty one empties what is held. So an update
//     reads first and sends what is held for what the request leaves out; an address is replaced as a whole.
//   - What an unknown outcome has made is read by its number, and told by its content, and by creationDate, which is believed to be
//     within ten minutes of our clock.
//   - The token goes in the header j_token. Proxies may drop headers with an underscore (nginx does unless told otherwise); for
//     such a connection there is the setting token_in_query.
//   - Errors are not documented. Whatever is not the customer's object with the number that was sent is no success, at any status;
//     a create's has an actorId, too.
//   - What getCustomer answers for an unknown number is not documented: null, nothing at all, and 400, 404, 410 and 422 are taken
//     for "not found". Nothing else is.
//   - A date of birth is taken for milliseconds since 1970, as in answers, where -1 means none. The page does not say what it takes.
//   - That creationDate and syncTimer are the same at a new customer is seen in the page's sample and nowhere stated.
//   - Keys of free properties are declared at Sell&Sign beforehand; another fails.
//
// Only package registry imports it.
package sellandsign
