package server

import (
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"net/netip"
	"time"
)

// newAdmin makes the server of the port for operators. Health and metrics are for whoever reaches it; what changes the process or shows its
// insides is for callers on this machine.
func (s *Server) newAdmin(options Options) *http.Server {
	routes := http.NewServeMux()
	routes.HandleFunc("GET /healthz", s.health.handler(liveness))
	routes.HandleFunc("GET /readyz", s.health.handler(readiness))
	routes.Handle("GET /metrics", metricsHandler(options.Metrics))
	level := logLevel{level: options.LogLevel, log: options.Log}
	routes.Handle("GET /log/level", localOnly(level.show))
	routes.Handle("PUT /log/level", localOnly(level.change))
	routes.Handle("GET /debug/pprof/", localOnly(pprof.Index))
	routes.Handle("GET /debug/pprof/cmdline", localOnly(pprof.Cmdline))
	routes.Handle("GET /debug/pprof/profile", localOnly(pprof.Profile))
	routes.Handle("GET /debug/pprof/symbol", localOnly(pprof.Symbol))
	routes.Handle("GET /debug/pprof/trace", localOnly(pprof.Trace))
	return &http.Server{
		Handler:           routes,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       readWithin,
		WriteTimeout:      5 * time.Minute, // a profile takes as long as it is asked to
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    maxHeaders,
		ErrorLog:          slog.NewLogLogger(options.Log.Handler(), slog.LevelDebug),
	}
}

// localOnly refuses callers on other machines, and pages in a browser on this one that have given it a name of their own.
func localOnly(next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		peer, err := netip.ParseAddrPort(request.RemoteAddr)
		if err != nil || !peer.Addr().Unmap().IsLoopback() {
			http.Error(w, "this path is served to callers on this machine only: call it there, on 127.0.0.1 or ::1", http.StatusForbidden)
			return
		}
		if !isLiteral(request.Host) {
			http.Error(w, "this path is served under localhost or an IP address only: call it as http://127.0.0.1:PORT", http.StatusForbidden)
			return
		}
		next(w, request)
	})
}

// isLiteral reports whether a Host header names localhost or an IP address, which nobody else's name server can point to here.
func isLiteral(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	_, err = netip.ParseAddr(name)
	return err == nil || name == "localhost"
}
