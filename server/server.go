package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/swaggest/swgui/v5emb"
	"google.golang.org/grpc"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/reflection"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/once"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/server/auth"
	"github.com/enlist-dev/enlist/server/certificates"
)

// Server serves the contract over gRPC and REST.
type Server struct {
	config *configv1.Config
	log    *slog.Logger
	health healthState
	cut    context.CancelFunc // ends every call
	once   *once.Service
	who    *auth.Authenticator
	tls    transports

	grpc         *grpc.Server
	http         *http.Server
	grpcListener net.Listener
	httpListener net.Listener
}

// Options are what a Server is made of.
type Options struct {
	// Config is a complete configuration.
	Config *configv1.Config
	// Providers are the configured connections by name.
	Providers map[string]providers.Provider
	// Creates creates customers with them; the server closes it when it stops.
	Creates *once.Service
	// OpenAPI is the document that /openapi.json serves.
	OpenAPI []byte
	// Log gets a line for each call.
	Log *slog.Logger
}

// New makes a server. It listens on its ports when it returns, and answers once Run is called.
func New(options Options) (*Server, error) {
	config, connected, creates, log := options.Config, options.Providers, options.Creates, options.Log
	who, err := auth.New(auth.Options{Config: config.GetAuth(), ClientCertificates: asksForCertificates(config), Log: log})
	if err != nil {
		return nil, err
	}
	secured, err := newTransports(config, log)
	if err != nil {
		return nil, err
	}
	calls, cut := context.WithCancel(context.Background())
	chain := chain(calls, log, config.GetCallTimeout().AsDuration(), who, connected)
	s := &Server{
		config: config,
		log:    log,
		health: newHealth(),
		cut:    cut,
		once:   creates,
		who:    who,
		tls:    secured,
		grpc: grpc.NewServer(
			grpc.Creds(secured.ofGRPC()),
			grpc.UnaryInterceptor(chain),
			grpc.ChainStreamInterceptor(recoverStream(log), authenticateStream(who, log)),
			grpc.UnknownServiceHandler(noSuchRPC),
			grpc.MaxRecvMsgSize(maxBody+maxImage),
			grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 10 * time.Second, PermitWithoutStream: true}),
			grpc.KeepaliveParams(keepalive.ServerParameters{Time: 2 * time.Minute, Timeout: 20 * time.Second}),
		),
	}
	gateway := newInProcess(chain)
	for _, registrar := range []grpc.ServiceRegistrar{s.grpc, gateway} {
		enlistv1.RegisterCustomerServiceServer(registrar, &customerService{connections: connected, once: creates})
		enlistv1.RegisterProviderServiceServer(registrar, &providerService{connections: connected})
		enlistv1.RegisterOperationServiceServer(registrar, &operationService{connections: connected, once: creates, curls: newCurls()})
	}
	healthv1.RegisterHealthServer(s.grpc, s.health)
	reflection.Register(s.grpc)

	contract, err := newREST(context.Background(), gateway, log)
	if err != nil {
		return nil, err
	}
	s.http = &http.Server{
		Handler:           s.routes(contract, options.OpenAPI),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	if secured.http != nil {
		s.http.TLSConfig = secured.http.Config()
	}
	warnOfPlainText(config, log)
	return s, s.listen()
}

func (s *Server) routes(contract http.Handler, openAPI []byte) http.Handler {
	routes := http.NewServeMux()
	routes.Handle("/", contract)
	routes.HandleFunc("GET /healthz", s.health.handler(liveness))
	routes.HandleFunc("GET /readyz", s.health.handler(readiness))
	routes.Handle("GET /docs/", v5emb.New("Enlist", "/openapi.json", "/docs/"))
	routes.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(openAPI) // the caller is gone when this fails
	})
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		if strings.HasPrefix(request.URL.Path, "/v1/") { // the mux would redirect from an empty segment, or one of dots, to another path
			contract.ServeHTTP(w, request)
			return
		}
		routes.ServeHTTP(w, request)
	})
}

func (s *Server) listen() error {
	var err error
	var ports net.ListenConfig
	if s.grpcListener, err = ports.Listen(context.Background(), "tcp", s.config.GetGrpc().GetAddress()); err != nil {
		return fmt.Errorf("grpc.address: %w", err)
	}
	if s.httpListener, err = ports.Listen(context.Background(), "tcp", s.config.GetHttp().GetAddress()); err != nil {
		_ = s.grpcListener.Close()
		return fmt.Errorf("http.address: %w", err)
	}
	return nil
}

// GRPCAddress returns the address of the gRPC port.
func (s *Server) GRPCAddress() string { return s.grpcListener.Addr().String() }

// HTTPAddress returns the address of the REST port.
func (s *Server) HTTPAddress() string { return s.httpListener.Addr().String() }

// Run serves until the context ends, then stops: it reports that it is not ready, accepts calls for the configured delay, and
// lets accepted calls end under the configured timeout. It returns nil after a stop in which no accepted call was cut off.
func (s *Server) Run(ctx context.Context) error {
	s.keepFresh(ctx)
	failed := make(chan error, 2)
	go func() { failed <- s.grpc.Serve(s.grpcListener) }()
	go func() {
		if err := s.serveHTTP(); !errors.Is(err, http.ErrServerClosed) {
			failed <- err
		}
	}()
	s.health.setReady(true)
	s.log.Info("serving", "grpc", s.GRPCAddress(), "http", s.HTTPAddress())
	select {
	case err := <-failed:
		s.grpc.Stop()
		_ = s.http.Close()
		return err
	case <-ctx.Done():
		return s.stop()
	}
}

// keepFresh looks after certificates, and the keys of the token issuer, until the context ends.
func (s *Server) keepFresh(ctx context.Context) {
	go s.who.Run(ctx)
	for _, port := range []*certificates.Watched{s.tls.grpc, s.tls.http} {
		if port != nil {
			go port.Run(ctx)
		}
	}
}

func (s *Server) serveHTTP() error {
	if s.http.TLSConfig != nil {
		return s.http.ServeTLS(s.httpListener, "", "")
	}
	return s.http.Serve(s.httpListener)
}

// lastWords is how long calls that are cut off have to answer.
const lastWords = time.Second

func (s *Server) stop() error {
	s.health.setReady(false)
	delay, timeout := s.config.GetShutdown().GetDelay().AsDuration(), s.config.GetShutdown().GetTimeout().AsDuration()
	s.log.Info("stopping", "delay", delay.String(), "timeout", timeout.String())
	time.Sleep(delay)

	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	drained := make(chan struct{})
	go func() {
		s.health.Shutdown() // ends watches, which would otherwise hold the graceful stop up
		s.grpc.GracefulStop()
		close(drained)
	}()
	httpErr := s.http.Shutdown(ctx)
	select {
	case <-drained:
	case <-ctx.Done():
	}
	s.once.Close(ctx) // creates whose callers are gone end too, or are recorded as unknown
	if httpErr != nil || ctx.Err() != nil {
		s.cut() // a call that ends so still tells its caller and the log how far it got, given a moment
		last, cancel := context.WithTimeout(context.Background(), lastWords)
		defer cancel()
		_ = s.http.Shutdown(last)
		select {
		case <-drained:
		case <-last.Done():
		}
		s.grpc.Stop()
		_ = s.http.Close()
		return errors.New("calls were still under way when shutdown.timeout was over, and were cut off")
	}
	s.log.Info("stopped")
	return nil
}
