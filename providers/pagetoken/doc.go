// Package pagetoken makes and reads the page tokens (AIP-158) of lists whose pages start at an
// offset.
//
// A token is opaque to callers. It holds the offset and a hash of the offset and the request's
// other parameters. Offset and Position refuse a token that was changed, made for another list, or
// sent with other parameters. A token is no secret and no permission: a caller who can read a list
// can read all its pages.
//
// The server and the adapters may import it. It returns the errors of package providers.
package pagetoken
