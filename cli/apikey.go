package cli

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
)

type keyCommand struct {
	Name string `help:"Name of the caller. Default: ${default}." default:"billing" placeholder:"NAME"`
}

// callerName is the pattern of auth.proto for the name of an API key.
var callerName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@-]{0,62}$`)

// Run prints a new API key for the caller, and its hash for the configuration. It stores neither.
func (c *keyCommand) Run(s *streams) error {
	if !callerName.MatchString(c.Name) {
		return errors.New("--name must be 1 to 63 letters, digits, `.`, `_`, `@` and `-`. The first is a letter or a digit")
	}
	var random [32]byte
	_, _ = rand.Read(random[:]) // never fails
	key := base64.RawURLEncoding.EncodeToString(random[:])
	_, err := fmt.Fprintf(s.out, "%s\n\nGive this key to the caller only, who sends it as `authorization: Bearer …`.\n"+
		"Put this line under auth.api_keys in the configuration:\n\n- {name: %q, sha256: \"%x\"}\n",
		key, c.Name, sha256.Sum256([]byte(key)))
	return err
}
