// Package valomnia emulates Valomnia: a session opened by a login form, and customers told apart by
// their reference.
//
// The package may import the engine and nothing else of this project.
package valomnia
