// Package pagetoken makes and reads page tokens (AIP-158) for lists whose pages start at an offset
// or a position.
//
// A token is opaque to callers. It contains the start and a hash over the start and the request's
// other parameters. So Enlist refuses a token that was changed, or is from another list or other
// parameters. A token is neither a secret nor a permission: a caller who can read a list can read
// all its pages.
//
// The server and the adapters may import it. It returns the errors of package providers.
package pagetoken
