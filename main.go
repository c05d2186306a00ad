// Command enlist creates customers in the systems of five vendors through one contract. `enlist
// help` lists its commands, and docs/cli.md describes them.
package main

import (
	_ "embed"
	"os"
	_ "time/tzdata" // the image has no time zones

	_ "golang.org/x/crypto/x509roots/fallback" // nor certificate authorities; the system's come first where it has any

	"github.com/enlist-dev/enlist/cli"
)

//go:embed gen/openapi/enlist.openapi.json
var openAPI []byte

//go:embed gen/config.schema.json
var configSchema []byte

func main() {
	os.Exit(cli.Run(os.Args[1:], os.Stdout, os.Stderr, openAPI, configSchema))
}
