// Package opencell creates customers at Opencell, a billing system.
//
// One request creates a customer, its customer account, billing account and user account, all with
// the caller's code (account type C_UA). ON_EXISTING_FAIL uses createCRMAccountHierarchy, which
// refuses an existing code. ON_EXISTING_UPDATE uses createOrUpdateCRMAccountHierarchy, which does
// not say whether it created or updated. It updated if the look-up before it found the customer.
// ON_EXISTING_ADOPT and ON_EXISTING_UPDATE read first. An update sends the values that Opencell
// would otherwise reset or mix (keep.go).
//
// testdata/dto.json is the authority on names, types, enum values and lengths. It comes from
// introspection of Opencell's own DTO classes. dto_test.go compares it with the wire message, and
// docs/vendors/opencell.md with what Enlist does not send.
//
// Success:
//   - The status SUCCESS or WARNING below HTTP 300. The rest of the response does not matter:
//     members of another type, and the words of a WARNING, become warnings.
//   - The same status at any other HTTP status is a contradiction, so the outcome is unknown.
//
// Refusal:
//   - The status FAIL with an errorCode, at any HTTP status. Opencell then rolls back, and the same
//     request always fails in the same way. Only the errorCode identifies an error: servers older
//     than March 2021 respond with 403 where newer ones respond with 409.
//   - The documented codes of client errors are final at 4xx. Any other refusal needs a look-up
//     that finds no customer of ours.
//   - GENERIC_API_EXCEPTION, FAIL without a code, and any other body leave the outcome unknown. A
//     404 with an empty body is an unknown URL. A 429 asks for fewer requests, with any body.
//
// Refusals that an earlier copy of the request can cause:
//   - ENTITY_ALREADY_EXISTS_EXCEPTION, DUPLICATE_ACCESS, CONSTRAINT_VIOLATION_EXCEPTION, and any
//     code that contains ALREADY_EXISTS, DUPLICATE, CONSTRAINT or UNIQUE. Absence confirms these
//     only after the vendor's lag.
//
// Comparison of keys:
//   - Opencell may store a code in another form. If the response to a creation or a read contains
//     it, the vendor's form is the customer's id, and a warning says so.
//   - Enlist reads a customer with a nearly equal code, but never adopts it. It is ours only if it
//     has our own reference.
//   - Enlist sends the request_id in externalRef1 if the caller does not set that field. It proves
//     that a customer is ours, with any code. A strict creation stores it, so a customer with
//     exactly our code but without our reference is not ours. If the request sends no reference of
//     our own, the content decides.
//
// Facts about the vendor:
//   - Opencell cannot read accounts without a customer by their code.
//   - It tests existence at the top level only. An update of a customer without its lower accounts
//     gives 404.
//   - Requests have dates as yyyy-MM-dd. Responses have them in milliseconds since 1970.
//   - Each level below the customer is a list. A custom field's value may count for a period only.
//     Warnings name the accounts and the values that Customer does not show.
//   - A title needs a family name.
//   - Opencell refuses unknown properties with 400, so Enlist sends only properties that the server
//     knows. See the settings version and send_is_company.
//   - The list of payment methods is called methodOfPayment. Its values depend on the version.
//   - In versions 12 to 16, an update without isCompany sets it to false. Every version ignores
//     missing address lines.
//   - From version 11 on, a read returns the accounts only with includeCustomerAccounts.
//
// Only package registry imports it.
package opencell
