package auth

import (
	"context"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/go-jose/go-jose/v4"
	"golang.org/x/sync/singleflight"
)

const (
	// readEvery is the interval of the regular look-ups of the keys. A key stays valid at most
	// that long after its issuer withdraws it.
	readEvery = 5 * time.Minute
	// retryEvery is the interval while the look-ups fail.
	retryEvery = 10 * time.Second
	// pauseAfterRead is the least time between two look-ups for tokens with unknown keys. It
	// stops callers from making Enlist flood the issuer.
	pauseAfterRead = 5 * time.Second
	// pauseAfterFailure is the same after a failed look-up.
	pauseAfterFailure = time.Second
	// readWithin bounds one look-up.
	readWithin = 5 * time.Second
)

// keySet is the issuer's published keys (RFC 7517). If a later look-up fails, the keys that it
// has stay valid.
//
// The libraries that were tried do less. go-oidc requests the keys for each token with an unknown
// key, and jwx leaves that to its caller. keyfunc limits these requests, but retries a failed
// refresh only after the whole interval. With their defaults, all three keep private keys and
// refuse a whole set for one bad key. Errors of go-oidc quote the response, and those of jwx the
// URL with its password. So nearly all code here would stay. jwx also adds nine modules.
type keySet struct {
	url    string
	client *http.Client
	log    *slog.Logger

	keys    atomic.Pointer[jose.JSONWebKeySet] // nil until the first look-up succeeds
	reading singleflight.Group                 // shared by all concurrent callers

	// The latest look-up. Only that look-up writes these fields.
	at      time.Time
	failure error
}

func newKeySet(from string, log *slog.Logger) *keySet {
	transport, _ := http.DefaultTransport.(*http.Transport)
	transport = transport.Clone()
	transport.DisableKeepAlives = true // requests are minutes apart
	return &keySet{url: from, log: log, client: &http.Client{
		Transport: transport,
		Timeout:   readWithin,
		// The keys come only from the configured URL.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// run keeps the keys up to date until the context ends.
func (s *keySet) run(ctx context.Context) {
	for ctx.Err() == nil {
		wait := readEvery
		if s.readAgain(ctx) != nil {
			wait = retryEvery
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

// find returns the keys with an id, or all keys for a token without an id. It returns no keys
// when the issuer has none with that id. It returns an error when it cannot know.
func (s *keySet) find(ctx context.Context, id string) ([]jose.JSONWebKey, error) {
	if known := s.cached(id); len(known) > 0 {
		return known, nil
	}
	err := s.readAgain(ctx)
	if known := s.cached(id); len(known) > 0 {
		return known, nil
	}
	return nil, err
}

func (s *keySet) cached(id string) []jose.JSONWebKey {
	keys := s.keys.Load()
	switch {
	case keys == nil:
		return nil
	case id == "":
		return keys.Keys
	}
	return keys.Key(id)
}

// readAgain reads the keys. If the latest look-up is recent, it returns the outcome of that one
// instead.
func (s *keySet) readAgain(ctx context.Context) error {
	ended := s.reading.DoChan("", func() (any, error) {
		pause := pauseAfterRead
		if s.failure != nil {
			pause = pauseAfterFailure
		}
		if s.at.IsZero() || time.Since(s.at) >= pause {
			s.note(s.read())
		}
		return nil, s.failure
	})
	select {
	case result := <-ended:
		return result.Err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// note stores the outcome of a look-up, and logs when the outcome changes.
func (s *keySet) note(failure error) {
	if failure != nil && s.failure == nil {
		s.log.Error("cannot read the keys of the token issuer; Enlist keeps using the earlier keys", "field", "auth.jwt.jwks_url", "cause", failure.Error())
	} else if failure == nil && s.failure != nil {
		s.log.Info("Enlist can read the keys of the token issuer again", "field", "auth.jwt.jwks_url")
	}
	s.failure, s.at = failure, time.Now()
}
