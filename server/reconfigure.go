package server

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"time"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/server/auth"
)

// Reconfigure replaces auth, call_timeout, shutdown and log.level by those of a complete
// configuration, and reads the certificates again. Calls in progress keep their caller and
// deadline. After an error, nothing has changed. once.Service replaces the providers.
func (s *Server) Reconfigure(config *configv1.Config) error {
	if err := s.who.Reconfigure(authOptions(config, s.log)); err != nil {
		return err
	}
	before := s.config.Swap(config).GetLog().GetLevel()
	if level := config.GetLog().GetLevel(); level != before { // else a level that the admin port has set stays
		s.logLevel.Set(LevelOf(level))
	}
	for _, port := range s.tls.all() {
		port.Reload()
	}
	return nil
}

// callTimeout is the deadline of calls that have none.
func (s *Server) callTimeout() time.Duration { return s.config.Load().GetCallTimeout().AsDuration() }

func authOptions(config *configv1.Config, log *slog.Logger) auth.Options {
	return auth.Options{Config: config.GetAuth(), ClientCertificates: asksForCertificates(config), Log: log}
}

// Reloaded is the response of the admin port to POST /reload.
type Reloaded struct {
	// Changed names the settings that differ from the earlier configuration.
	Changed []string `json:"changed"`
	// Error says why Enlist keeps the earlier configuration. It is empty after a success.
	Error string `json:"error,omitempty"`
}

// reloadHandler serves POST /reload.
func reloadHandler(reload func(context.Context) ([]string, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, request *http.Request) {
		if reload == nil {
			http.Error(w, "Enlist runs without a configuration file. Start it with --config.", http.StatusNotFound)
			return
		}
		changed, err := reload(request.Context())
		said, status := Reloaded{Changed: append([]string{}, changed...)}, http.StatusOK
		if err != nil {
			said.Error, status = err.Error(), http.StatusUnprocessableEntity
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		// This fails only when the caller is gone.
		_ = json.NewEncoder(w).Encode(said)
	}
}
