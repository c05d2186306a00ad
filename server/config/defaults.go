package config

import (
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
)

// SetDefaults sets unset fields to the documented defaults.
func SetDefaults(config *configv1.Config) {
	if config.Grpc == nil {
		config.Grpc = &configv1.Grpc{}
	}
	if config.Http == nil {
		config.Http = &configv1.Http{}
	}
	if config.Shutdown == nil {
		config.Shutdown = &configv1.Shutdown{}
	}
	if config.Journal == nil {
		config.Journal = &configv1.Journal{}
	}
	if config.Journal.Store == nil {
		config.Journal.Store = &configv1.Journal_Sqlite{Sqlite: &configv1.Sqlite{}}
	}
	if sqlite := config.GetJournal().GetSqlite(); sqlite != nil {
		setDefault(&sqlite.Path, "enlist.db")
	}
	setDefault(&config.Grpc.Address, "127.0.0.1:9090")
	setDefault(&config.Http.Address, "127.0.0.1:8080")
	if config.CallTimeout == nil {
		config.CallTimeout = durationpb.New(time.Minute)
	}
	if config.Shutdown.Timeout == nil {
		config.Shutdown.Timeout = durationpb.New(30 * time.Second)
	}
	if config.Limits == nil {
		config.Limits = &configv1.Limits{}
	}
	setDefault(&config.Limits.MaxConnections, 16384)
	setDefault(&config.Limits.MaxStreams, 10000)
	setDefault(&config.Limits.MaxCalls, 20000)
	share := share(mostFiles(), len(config.GetProviders()))
	for _, provider := range config.GetProviders() {
		setDefault(&provider.MaxInFlight, share)
	}
}

// usualFiles is the number of files that a process may open if the limit is unknown.
const usualFiles = 1024

// share returns the number of connections for each of a number of providers. Providers share
// three quarters of the files that the process may open. Callers and the journal need the rest.
func share(files uint64, among int) int32 {
	return int32(min(max(files/4*3/uint64(max(among, 1)), 16), 10000))
}

func setDefault[T comparable](value *T, standard T) {
	var none T
	if *value == none {
		*value = standard
	}
}
