package config

import (
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
)

// The default addresses.
const (
	defaultGRPC = "127.0.0.1:9090"
	defaultHTTP = "127.0.0.1:8080"
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
	setDefault(&config.Grpc.Address, defaultGRPC)
	setDefault(&config.Http.Address, defaultHTTP)
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
}

func setDefault[T comparable](value *T, standard T) {
	var none T
	if *value == none {
		*value = standard
	}
}
