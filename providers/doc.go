// Package providers defines a provider: a configured connection to a vendor's system that creates
// and reads customers.
//
// It has the interface Provider, the errors, and the table of fields. The annotations of a vendor's
// wire message give that table, the fate of each field, and the path of each violation. The
// adapters are in the folders below, one for each vendor.
//
// Packages once, server and cli import it, and the adapters do. It knows no gRPC and no vendor.
package providers
