// Package audit writes the audit stream: one JSON object per line for each call of the contract,
// and for each creation that ends without a call. Lines have facts about a call, and pseudonyms of
// customers. They have no personal data, and no free text of a caller.
//
// Packages cli and server import it. It never decides about a call: if a line cannot be written, it
// says so in the log and in a metric, and the call goes on.
package audit
