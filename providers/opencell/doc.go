// Package opencell creates customers in Opencell, a billing system.
//
// One request makes a customer, its customer account, billing account and user account, all under
// the caller's code (account type C_UA). ON_EXISTING_FAIL uses createCRMAccountHierarchy, which
// refuses a code that exists. ON_EXISTING_UPDATE uses createOrUpdateCRMAccountHierarchy, which does
// not say which of the two it did; it updated if the look-up before it showed the customer.
// ON_EXISTING_ADOPT and ON_EXISTING_UPDATE read first: an update
// sends what Opencell would reset or mix if it were left out (keep.go).
//
// The authority on names, types, enum values and lengths is testdata/dto.json, made by
// introspection of Opencell's own DTO classes. dto_test.go compares the wire message with it, and
// docs/vendors/opencell.md with what is not sent.
//
// What proves a success:
//   - The status SUCCESS or WARNING below HTTP 300. Nothing else in the response can undo it: members
//     of another type, and the words of a WARNING, become warnings.
//   - The same status at any other HTTP status contradicts itself, so the outcome is unknown.
//
// What is a refusal:
//   - The status FAIL with an errorCode, at any HTTP status. Opencell then rolls back what it began,
//     and the same request fails the same way each time. Errors are told by errorCode, since servers
//     older than March 2021 respond with 403 where newer ones respond with 409.
//   - The documented codes of client errors stand at 4xx. Any other refusal needs a look-up that
//     finds nothing of ours.
//   - GENERIC_API_EXCEPTION, FAIL without a code, and any other body leave the outcome unknown. A 404
//     with an empty body is an unknown URL. A 429 asks for fewer requests, whatever its body says.
//
// What an earlier copy of the request can cause:
//   - ENTITY_ALREADY_EXISTS_EXCEPTION, DUPLICATE_ACCESS, CONSTRAINT_VIOLATION_EXCEPTION, and any code
//     whose name contains ALREADY_EXISTS, DUPLICATE, CONSTRAINT or UNIQUE. Absence confirms these only
//     after the vendor's lag.
//
// How keys are compared:
//   - Opencell may hold a code in another form. If the response to a create names it, or a read shows
//     it, the vendor's form is the customer's id, and a warning says so.
//   - A customer under nearly the same code is read, but never adopted, and is ours only if it bears
//     our own reference.
//   - The request_id goes into externalRef1 if the caller leaves that free, and proves that a customer
//     is ours, whatever its code. A strict create stores it, so a customer under exactly our code
//     without it is another's. If the request sends no reference of our own, the content must do.
//
// What to know of the vendor:
//   - Account types that make no customer cannot be read by code.
//   - Existence is tested at the top level only: an update of a customer whose lower accounts are
//     missing responds with 404.
//   - Dates go in as yyyy-MM-dd and come out as milliseconds since the epoch.
//   - Unknown properties are refused with 400, so nothing is sent that this server may not know; see
//     the settings version and send_is_company.
//   - The list of payment methods is called methodOfPayment. Its values differ by version.
//   - Versions 12 to 16 take an isCompany that an update leaves out for false. Every version skips
//     address lines that are left out.
//   - From version 11 on a read gives the accounts only with includeCustomerAccounts.
//
// Only package registry imports it.
package opencell
