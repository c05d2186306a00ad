// Package match compares what Enlist sent with what a vendor holds. A vendor may store a text in
// another form: in capitals, trimmed, padded, without leading zeros, composed, with HTML escapes; a
// name also without accents or cut short. Such texts are near, and near is never absent.
//
// Packages once and journal and the adapters may import it. It imports nothing of Enlist.
package match
