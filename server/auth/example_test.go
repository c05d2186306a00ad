package auth_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/server/auth"
)

// The configuration has the hash of an API key, and the permissions of its owner.
func Example() {
	hash := sha256.Sum256([]byte("secret-key"))
	callers, err := auth.New(auth.Options{Log: slog.Default(), Config: &configv1.Auth{ApiKeys: []*configv1.ApiKey{
		{Name: "billing", Sha256: hex.EncodeToString(hash[:]), Providers: []string{"opencell"}, Rpcs: []string{"GetCustomer"}},
	}}})
	if err != nil {
		panic(err)
	}

	caller, err := callers.Authenticate(context.Background(), []string{"Bearer secret-key"}, nil)
	if err != nil {
		panic(err)
	}
	fmt.Println(caller.Principal, caller.May("GetCustomer", "opencell", false), caller.May("CreateCustomer", "opencell", false))

	_, err = callers.Authenticate(context.Background(), nil, nil)
	fmt.Println(err)
	// Output:
	// billing true false
	// CREDENTIALS_MISSING: The call has no credentials. Send an API key as `authorization: Bearer …`.
}
