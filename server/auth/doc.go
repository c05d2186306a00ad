// Package auth tells who calls, and what that caller may do, as the auth section of the configuration says: by API key, by JSON Web Token,
// or by client certificate.
//
// A call that brings an authorization is judged by it alone. No error repeats any part of a credential. What is wrong with a token is told only
// where that helps whoever got it from the issuer; of an API key nothing is told.
package auth
