// Package isolation measures what calls to one vendor suffer while thousands wait for another that hangs: `make isolation`.
package isolation
