// Package docs tests the documentation. It runs every command and every program that README.md and
// quickstart.md show, in a fresh folder outside the repository. It compares generated pages with
// their sources, and follows every link. `make docs` writes the generated pages.
//
// The package has tests only, and no other package imports it.
package docs
