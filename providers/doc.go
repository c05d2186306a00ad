// Package providers defines a provider: a configured connection to a vendor's system that creates
// and reads customers.
//
// It contains the interface, the errors and the description of a provider. It also derives the
// table of fields, the fate of each field and the canonical path of each violation from the
// annotations of a vendor's wire message. Each vendor's adapter has a folder below.
//
// Packages once, server and cli import it, and the adapters do. It knows neither gRPC nor any
// vendor.
package providers
