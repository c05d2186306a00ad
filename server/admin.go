package server

import (
	"log/slog"
	"net/http"
	"net/http/pprof"
	"time"
)

// newAdmin makes the server of the admin port. Every caller that reaches the port may read health
// and metrics. Only callers on this machine may change the process or inspect it.
func (s *Server) newAdmin(options Options) *http.Server {
	routes := http.NewServeMux()
	routes.HandleFunc("GET /healthz", s.health.handler(liveness))
	routes.HandleFunc("GET /readyz", s.health.handler(readiness))
	routes.Handle("GET /metrics", metricsHandler(options.Metrics))
	level := logLevel{level: options.LogLevel, log: options.Log}
	routes.Handle("GET /log/level", localOnly(level.show))
	routes.Handle("PUT /log/level", localOnly(level.change))
	routes.Handle("POST /reload", localOnly(reloadHandler(options.Reload)))
	routes.Handle("GET /debug/pprof/", localOnly(pprof.Index))
	routes.Handle("GET /debug/pprof/cmdline", localOnly(pprof.Cmdline))
	routes.Handle("GET /debug/pprof/profile", localOnly(pprof.Profile))
	routes.Handle("GET /debug/pprof/symbol", localOnly(pprof.Symbol))
	routes.Handle("GET /debug/pprof/trace", localOnly(pprof.Trace))
	return &http.Server{
		Handler:           routes,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       readWithin,
		WriteTimeout:      5 * time.Minute, // a profile takes as long as the caller requests
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    maxHeaders,
		ErrorLog:          slog.NewLogLogger(options.Log.Handler(), slog.LevelDebug),
	}
}
