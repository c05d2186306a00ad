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

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/reflection"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/once"
	"github.com/enlist-dev/enlist/providers"
	"github.com/enlist-dev/enlist/server/apidocs"
	"github.com/enlist-dev/enlist/server/auth"
	"github.com/enlist-dev/enlist/server/certificates"
)

// Server serves the contract over gRPC and REST.
type Server struct {
	config    *configv1.Config
	log       *slog.Logger
	health    healthState
	cut       context.CancelFunc // ends every call
	once      *once.Service
	who       *auth.Authenticator
	tls       transports
	admission *admission
	version   string

	grpc         *grpc.Server
	http         *http.Server
	admin        *http.Server // nil if disabled
	grpcListener net.Listener
	httpListener net.Listener
	adminPort    net.Listener
}

// Options configure a Server.
type Options struct {
	// Config is a complete configuration.
	Config *configv1.Config
	// Providers are the configured connections by name.
	Providers map[string]providers.Provider
	// Creates creates customers with the providers. The server closes it when it stops.
	Creates *once.Service
	// OpenAPI is the document that /openapi.json serves.
	OpenAPI []byte
	// Version identifies this build in the log when the server starts. The page /docs/ shows its
	// first word.
	Version string
	// Log receives a line for each call.
	Log *slog.Logger
	// LogLevel is the level of Log, which the admin port changes.
	LogLevel *slog.LevelVar
	// Metrics is the registry that /metrics shows. The server registers its own metrics there.
	Metrics *prometheus.Registry
	// Tracing receives a span for each call. nil disables tracing.
	Tracing trace.TracerProvider
}

// New returns a server that listens on its ports. It responds once Run is called.
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
	admission := &admission{most: int64(config.GetLimits().GetMaxCalls()), memory: newMemory()}
	seen := telemetry{log: log, metrics: newMetrics(options.Metrics, admission), tracer: tracer(options.Tracing), connected: connected}
	chain := chain(calls, seen, admission, config.GetCallTimeout().AsDuration(), who)
	s := &Server{
		config:    config,
		log:       log,
		health:    newHealth(),
		cut:       cut,
		once:      creates,
		who:       who,
		tls:       secured,
		admission: admission,
		version:   options.Version,
		grpc: grpc.NewServer(append(grpcLimits(config.GetLimits()),
			grpc.Creds(secured.ofGRPC()),
			grpc.InTapHandle(admission.arriving),
			grpc.UnaryInterceptor(chain),
			grpc.ForceServerCodecV2(newDecodingCodec()),
			grpc.ChainStreamInterceptor(recoverStream(log), admission.streams.admit, authenticateStream(who, log)),
			grpc.UnknownServiceHandler(noSuchRPC),
		)...),
	}
	gateway := newInProcess(chain)
	for _, registrar := range []grpc.ServiceRegistrar{decoding{s.grpc}, gateway} {
		enlistv1.RegisterCustomerServiceServer(registrar, &customerService{connections: connected, once: creates})
		enlistv1.RegisterProviderServiceServer(registrar, &providerService{connections: connected})
		enlistv1.RegisterOperationServiceServer(registrar, &operationService{connections: connected, once: creates, curls: newCurls()})
	}
	healthv1.RegisterHealthServer(s.grpc, s.health)
	reflection.Register(s.grpc)

	contract, err := newREST(context.Background(), gateway, seen, who)
	if err != nil {
		return nil, err
	}
	// The rest is the commit and Go's version. Only the log has it.
	version, _, _ := strings.Cut(options.Version, " ")
	reference, err := apidocs.New(options.OpenAPI, version)
	if err != nil {
		return nil, err
	}
	document, err := compressed(reference)
	if err != nil {
		return nil, err
	}
	s.http = &http.Server{
		Handler:           answersInTime(admission.readsInMemory(s.routes(contract, reference, document, options))),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       readWithin,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    maxHeaders,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	if config.GetAdmin() != nil {
		s.admin = s.newAdmin(options)
	}
	if secured.http != nil {
		s.http.TLSConfig = secured.http.Config()
	}
	warnOfPlainText(config, log)
	return s, s.listen()
}

func (s *Server) routes(contract *rest, reference, document http.Handler, options Options) http.Handler {
	routes := http.NewServeMux()
	routes.Handle("/", contract)
	for path, handler := range map[string]http.Handler{
		"/healthz":             s.health.handler(liveness),
		"/readyz":              s.health.handler(readiness),
		"/metrics":             contract.errors.requireEveryProvider(s.who, metricsHandler(options.Metrics)),
		"/docs":                reference,
		"/docs/":               reference,
		"/openapi.json":        document,
		"/service-config.json": reference,
	} {
		routes.Handle("GET "+path, handler)
		routes.HandleFunc(path, contract.errors.onlyRead)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		// The mux would redirect an empty segment, or one of dots, to another path.
		if strings.HasPrefix(request.URL.Path, "/v1/") {
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
	s.grpcListener, s.httpListener = atMost(s.grpcListener, s.config.GetLimits()), atMost(s.httpListener, s.config.GetLimits())
	if s.admin == nil {
		return nil
	}
	if s.adminPort, err = ports.Listen(context.Background(), "tcp", s.config.GetAdmin().GetAddress()); err != nil {
		_, _ = s.grpcListener.Close(), s.httpListener.Close()
		return fmt.Errorf("admin.address: %w", err)
	}
	s.adminPort = atMost(s.adminPort, s.config.GetLimits())
	return nil
}

// GRPCAddress returns the address of the gRPC port.
func (s *Server) GRPCAddress() string { return s.grpcListener.Addr().String() }

// HTTPAddress returns the address of the REST port.
func (s *Server) HTTPAddress() string { return s.httpListener.Addr().String() }

// AdminAddress returns the address of the admin port. It is empty if that port is disabled.
func (s *Server) AdminAddress() string {
	if s.adminPort == nil {
		return ""
	}
	return s.adminPort.Addr().String()
}

// Run serves until the context ends, and then stops. It reports that it is not ready, and accepts
// calls for the configured delay. Then it lets accepted calls end within the configured timeout.
// Run returns nil if the stop interrupted no accepted call.
func (s *Server) Run(ctx context.Context) error {
	s.keepFresh(ctx)
	watching, end := context.WithCancel(context.Background())
	defer end()
	go s.admission.memory.watch(watching, s.log)
	failed := make(chan error, 3)
	if s.admin != nil {
		go func() {
			if err := s.admin.Serve(s.adminPort); !errors.Is(err, http.ErrServerClosed) {
				failed <- err
			}
		}()
		defer func() { _ = s.admin.Close() }() // last, so that operators can use the port until the end
	}
	go func() { failed <- s.grpc.Serve(s.grpcListener) }()
	go func() {
		if err := s.serveHTTP(); !errors.Is(err, http.ErrServerClosed) {
			failed <- err
		}
	}()
	s.health.setReady(true)
	s.log.Info("serving", "grpc", s.GRPCAddress(), "http", s.HTTPAddress(), "admin", s.AdminAddress(), "version", s.version)
	select {
	case err := <-failed:
		s.grpc.Stop()
		_ = s.http.Close()
		return err
	case <-ctx.Done():
		return s.stop()
	}
}

// keepFresh keeps certificates and the keys of the token issuer up to date until the context
// ends.
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

// lastWords is how long interrupted calls have to respond.
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
		s.health.Shutdown() // ends health watches, which would delay the graceful stop
		s.grpc.GracefulStop()
		close(drained)
	}()
	httpErr := s.http.Shutdown(ctx)
	select {
	case <-drained:
	case <-ctx.Done():
	}
	s.once.Close(ctx) // creations without a caller end too, or become unknown in the journal
	if httpErr != nil || ctx.Err() != nil {
		s.cut() // an interrupted call gets a moment to report its outcome to the caller and the log
		last, cancel := context.WithTimeout(context.Background(), lastWords)
		defer cancel()
		_ = s.http.Shutdown(last)
		select {
		case <-drained:
		case <-last.Done():
		}
		s.grpc.Stop()
		_ = s.http.Close()
		return errors.New("canceled the calls that were in progress when shutdown.timeout expired")
	}
	s.log.Info("stopped")
	return nil
}
