// Package pagetoken makes and reads the page tokens of lists (AIP-158) whose pages are told apart by an offset.
//
// A token is opaque to callers. It holds the offset and a hash over it and the request's other parameters, so that one that was
// changed, made for another list, or used with other parameters is refused. It is no secret and no permission: who can read a list
// can read all its pages.
package pagetoken
