package journal

import "context"

// sharesSecret is the name under which a store keeps the shares of limits.
const sharesSecret = "shares"

// Shares returns the text on which the replicas divide the limits of providers.
func (j *Journal) Shares(ctx context.Context) ([]byte, error) {
	return j.store.Secret(ctx, sharesSecret, []byte("{}"))
}

// ReplaceShares replaces the text if it is still the old one. Otherwise it fails with ErrConflict.
func (j *Journal) ReplaceShares(ctx context.Context, old, text []byte) error {
	return j.store.ReplaceSecret(ctx, sharesSecret, old, text)
}
