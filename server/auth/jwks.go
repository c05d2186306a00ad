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
	// readEvery is how often the keys are read unasked: so long is a key good that its issuer has withdrawn.
	readEvery = 5 * time.Minute
	// retryEvery is the same while they cannot be read.
	retryEvery = 10 * time.Second
	// pauseAfterRead is the least time between two readings for tokens with unknown keys, so that nobody can have the issuer hammered.
	pauseAfterRead = 5 * time.Second
	// pauseAfterFailure is the same after one that failed.
	pauseAfterFailure = time.Second
	// readWithin bounds one reading.
	readWithin = 5 * time.Second
)

// keySet is the issuer's published keys (RFC 7517). What was read stays good while they cannot be read again.
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

	keys    atomic.Pointer[jose.JSONWebKeySet] // nil until they were read
	reading singleflight.Group                 // one reading for all who ask at once

	// Of the last reading; touched by that alone.
	at      time.Time
	failure error
}

func newKeySet(from string, log *slog.Logger) *keySet {
	transport, _ := http.DefaultTransport.(*http.Transport)
	transport = transport.Clone()
	transport.DisableKeepAlives = true // it is asked every few minutes
	return &keySet{url: from, log: log, client: &http.Client{
		Transport: transport,
		Timeout:   readWithin,
		// Keys are taken from where the configuration says, and from nowhere else.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// run keeps the keys fresh until the context ends.
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

// find returns the keys of an id, or all for a token that names none. It returns none when the issuer has none, and an error when that
// cannot be told.
func (s *keySet) find(ctx context.Context, id string) ([]jose.JSONWebKey, error) {
	if known := s.known(id); len(known) > 0 {
		return known, nil
	}
	err := s.readAgain(ctx)
	if known := s.known(id); len(known) > 0 {
		return known, nil
	}
	return nil, err
}

func (s *keySet) known(id string) []jose.JSONWebKey {
	keys := s.keys.Load()
	switch {
	case keys == nil:
		return nil
	case id == "":
		return keys.Keys
	}
	return keys.Key(id)
}

// readAgain reads the keys, unless that was done a moment ago; then it returns how that ended.
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

// note remembers how a reading ended, and logs when that has changed.
func (s *keySet) note(failure error) {
	if failure != nil && s.failure == nil {
		s.log.Error("cannot read the keys of the token issuer; Enlist keeps using the earlier keys", "field", "auth.jwt.jwks_url", "cause", failure.Error())
	} else if failure == nil && s.failure != nil {
		s.log.Info("Enlist can read the keys of the token issuer again", "field", "auth.jwt.jwks_url")
	}
	s.failure, s.at = failure, time.Now()
}
