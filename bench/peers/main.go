package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"

	"github.com/enlist-dev/enlist/bench/byhand"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "peers:", err)
		os.Exit(1)
	}
}

// run serves the library of the first argument at the address of the second. The environment has
// the rest, see byhand.Serve.
func run(ctx context.Context, arguments []string) error {
	libraries := map[string]func(context.Context, *byhand.Vendor, string) (enlistv1.CustomerServiceServer, func(), error){
		"dbos": openDBOS, "river": openRiver,
	}
	if len(arguments) != 2 || libraries[arguments[0]] == nil {
		return errors.New("the arguments are dbos or river, and an address")
	}
	vendor := byhand.NewVendor(os.Getenv(byhand.VendorVariable))
	customers, closes, err := libraries[arguments[0]](ctx, vendor, os.Getenv(byhand.DatabaseVariable))
	if err != nil {
		return err
	}
	defer closes()
	return byhand.Serve(ctx, arguments[1], customers)
}
