// Package opencell signs customers up at Opencell, a billing system.
//
// One call makes a customer, its customer account, billing account and user account, all under the caller's code (account type
// C_UA). ON_EXISTING_FAIL uses createCRMAccountHierarchy, which refuses a code that exists; ON_EXISTING_UPDATE uses
// createOrUpdateCRMAccountHierarchy, which does not say which of the two it did; ON_EXISTING_ADOPT reads first.
//
// What to know of the vendor:
//   - What an unknown outcome has made is read by its code. The request_id goes into externalRef1 where the caller leaves that free, and
//     proves that a customer is ours; without it the content must do.
//   - Account types that make no customer cannot be read by code.
//   - Errors are told by errorCode, not by HTTP status: servers of before March 2021 answer 403 where newer ones answer 409.
//   - A 404 with an empty body is an unknown URL; a customer that is not there is a 404 with ENTITY_DOES_NOT_EXISTS_EXCEPTION.
//   - Existence is tested at the top level only: an update of a customer whose lower accounts are missing answers 404.
//   - Dates go in as yyyy-MM-dd and come out as milliseconds since the epoch.
//   - Unknown properties are refused with 400, so nothing is sent that this server may not know; see send_is_company.
package opencell
