// Package providers says what a provider is: a configured connection to a vendor's system that can create and read customers.
//
// The interface, its errors and its description of itself live here, together with the one mechanism by which the annotations of
// a vendor's wire message give the table of fields, the fate of each field, and the canonical path of each violation.
// The vendors' adapters live in the folders below, one each. Nothing here knows gRPC or another vendor.
package providers
