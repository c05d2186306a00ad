// Package sellandsign emulates Sell&Sign. It stores customers by the caller's number, and with each
// customer its contractors and free properties.
//
// Sell&Sign's pages show no failure: the status codes and the JSON of failures here are assumed.
// The package may import the engine and nothing else of this project.
package sellandsign
