package main

import (
	"context"
	"errors"
	"os"

	"github.com/enlist-dev/enlist/bench/byhand"
)

// The servers written by hand are processes of this program. Their first argument is one of these.
const (
	partBare     = "bare"
	partSQLite   = "sqlite"
	partPostgres = "postgres"
)

func serveBare(ctx context.Context, address string) error {
	return byhand.Serve(ctx, address, &byhand.Bare{Vendor: vendorOfPart()})
}

func serveSQLite(ctx context.Context, address string) error {
	return serveDurable(ctx, address, byhand.WithSQLite)
}

func servePostgres(ctx context.Context, address string) error {
	return serveDurable(ctx, address, byhand.WithPostgres)
}

func serveDurable(ctx context.Context, address string, open func(context.Context, *byhand.Vendor, string) (*byhand.Durable, error)) error {
	durable, err := open(ctx, vendorOfPart(), os.Getenv(byhand.DatabaseVariable))
	if err != nil {
		return err
	}
	return errors.Join(byhand.Serve(ctx, address, durable), durable.Close())
}

func vendorOfPart() *byhand.Vendor { return byhand.NewVendor(os.Getenv(byhand.VendorVariable)) }
