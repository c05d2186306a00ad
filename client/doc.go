// Package client calls Enlist from Go.
//
// New connects with the retries and the keepalive that docs/clients.md recommends. CreateCustomer
// creates a customer and repeats the request until its outcome is settled. Detail reads what an
// error carries.
//
// Any program may import it. It imports the contract in gen/go and grpc, and nothing else of
// Enlist.
package client
