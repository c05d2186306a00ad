// Package auth authenticates callers by API key, JSON Web Token or client certificate. It decides
// what each caller may do, from the auth section of the configuration.
//
// If a request has an authorization, only that counts. No error repeats any part of a credential.
// An error says what is wrong with a token only if that helps the caller to get a better one. It
// says nothing about an API key.
//
// Package server imports it.
package auth
