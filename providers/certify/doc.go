// Package certify finds out whether a vendor's installation behaves as its adapter expects. It uses
// the adapter itself: what it knows of a vendor comes from the field table, the capabilities, the
// annotations of the wire messages, documented.yaml and certification.yaml in the vendor's folder.
//
// certification.yaml has:
//
//   - records: the wire message of the vendor's record in each response, and of the list of all
//     customers,
//   - members: the members that each such record always has,
//   - statuses: the HTTP statuses that the vendor documents. A case without one may have any,
//   - request: the vendor's options for a full customer that need nothing set up at the vendor.
//
// certify needs no journal and touches none. It sends a creation once. If the outcome is unknown,
// it looks the customer up, and never sends again.
//
// Package cli imports it. It imports package registry, and never grpc.
package certify
