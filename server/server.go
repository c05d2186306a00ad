package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/reflection"
	"google.golang.org/grpc/tap"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	enlistv1 "github.com/enlist-dev/enlist/gen/go/enlist/v1"
	"github.com/enlist-dev/enlist/journal"
	"github.com/enlist-dev/enlist/once"
	"github.com/enlist-dev/enlist/server/apidocs"
	"github.com/enlist-dev/enlist/server/audit"
	"github.com/enlist-dev/enlist/server/auth"
	"github.com/enlist-dev/enlist/server/console"
)

// Server serves the contract over gRPC and REST.
type Server struct {
	config    atomic.Pointer[configv1.Config]
	logLevel  *slog.LevelVar
	log       *slog.Logger
	health    *healthState
	cut       context.CancelFunc // ends every call
	once      *once.Service
	who       *auth.Authenticator
	tls       transports
	admission *admission
	strangers *strangers
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
	// Creates creates customers, and has the providers. The server closes it when it stops.
	Creates *once.Service
	// Condition returns why the server cannot work, or nil if it can. Readiness depends on it. nil
	// means that it always can.
	Condition func() error
	// Gap returns the latest gap of the journal. /readyz shows it while it is open. nil means that the
	// journal never has one.
	Gap func() journal.Gap
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
	// Reload reads the configuration again for the admin port, and returns the names of the changed
	// settings. nil means that there is no configuration file.
	Reload func(context.Context) (changed []string, err error)
	// Tracing receives a span for each call. nil disables tracing.
	Tracing trace.TracerProvider
	// Audit receives a line for each call of the contract. nil disables it.
	Audit *audit.Stream
}

// New returns a server that listens on its ports. It responds once Run is called.
func New(options Options) (*Server, error) {
	config, creates, log := options.Config, options.Creates, options.Log
	connected := connections(creates.Providers)
	who, err := auth.New(authOptions(config, log))
	if err != nil {
		return nil, err
	}
	secured, err := newTransports(config, log)
	if err != nil {
		return nil, err
	}
	calls, cut := context.WithCancel(context.Background())
	admission := &admission{most: int64(config.GetLimits().GetMaxCalls()), memory: newShortage()}
	seen := telemetry{log: log, metrics: newMetrics(options.Metrics, admission), tracer: tracer(options.Tracing), connected: connected, audit: options.Audit}
	s := &Server{
		logLevel:  options.LogLevel,
		log:       log,
		health:    newHealth(options.Condition, options.Gap),
		cut:       cut,
		once:      creates,
		who:       who,
		tls:       secured,
		admission: admission,
		strangers: newStrangers(),
		version:   options.Version,
	}
	s.config.Store(config)
	chain := chain(calls, seen, admission, s.callTimeout, who, s.strangers)
	s.grpc = grpc.NewServer(append(grpcLimits(config.GetLimits()),
		grpc.Creds(secured.ofGRPC()),
		grpc.InTapHandle(func(ctx context.Context, info *tap.Info) (context.Context, error) {
			s.strangers.calls(ctx)
			return admission.arriving(ctx, info)
		}),
		grpc.UnaryInterceptor(chain),
		grpc.ForceServerCodecV2(newDecodingCodec()),
		grpc.ChainStreamInterceptor(recoverStream(log), admission.streams.admit, authenticateStream(who, s.strangers, log)),
		grpc.UnknownServiceHandler(noSuchRPC),
	)...)
	gateway := newInProcess(chain)
	operations := &operationService{connections: connected, once: creates}
	for _, registrar := range []grpc.ServiceRegistrar{decoding{s.grpc}, gateway} {
		enlistv1.RegisterCustomerServiceServer(registrar, &customerService{connections: connected, once: creates})
		enlistv1.RegisterProviderServiceServer(registrar, &providerService{connections: connected})
		enlistv1.RegisterOperationServiceServer(registrar, operations)
		enlistv1.RegisterPrivacyServiceServer(registrar, &privacyService{operations: operations})
	}
	healthv1.RegisterHealthServer(s.grpc, s.health)
	reflection.Register(s.grpc)

	contract, err := newREST(context.Background(), gateway, seen, who, ownPaths(config.GetHttp()))
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
	operators, err := console.New()
	if err != nil {
		return nil, err
	}
	if operators, err = compressed(operators); err != nil {
		return nil, err
	}
	s.http = &http.Server{
		Handler:           limitWriteTime(admission.readsInMemory(s.routes(contract, reference, document, operators, options))),
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

func (s *Server) routes(contract *rest, reference, document, operators http.Handler, options Options) http.Handler {
	routes := http.NewServeMux()
	routes.Handle("/", contract)
	served := map[string]http.Handler{
		"/healthz":             s.health.handler(liveness),
		"/readyz":              s.health.handler(readiness),
		"/metrics":             contract.errors.requireEveryProvider(s.who, metricsHandler(options.Metrics)),
		"/docs":                reference,
		"/docs/":               reference,
		"/openapi.json":        document,
		"/service-config.json": reference,
	}
	if !options.Config.GetHttp().GetDisableConsole() {
		served["/console"], served["/console/"] = operators, operators
	}
	for path, handler := range served {
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
	config := s.config.Load()
	var err error
	var ports net.ListenConfig
	if s.grpcListener, err = ports.Listen(context.Background(), "tcp", config.GetGrpc().GetAddress()); err != nil {
		return fmt.Errorf("grpc.address: %w", err)
	}
	if s.httpListener, err = ports.Listen(context.Background(), "tcp", config.GetHttp().GetAddress()); err != nil {
		_ = s.grpcListener.Close()
		return fmt.Errorf("http.address: %w", err)
	}
	s.grpcListener, s.httpListener = s.strangers.listen(atMost(s.grpcListener, config.GetLimits())), atMost(s.httpListener, config.GetLimits())
	if s.admin == nil {
		return nil
	}
	if s.adminPort, err = ports.Listen(context.Background(), "tcp", config.GetAdmin().GetAddress()); err != nil {
		_, _ = s.grpcListener.Close(), s.httpListener.Close()
		return fmt.Errorf("admin.address: %w", err)
	}
	s.adminPort = atMost(s.adminPort, config.GetLimits())
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
	go s.health.watch(watching, s.log)
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
	for _, port := range s.tls.all() {
		go port.Run(ctx)
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
	shutdown := s.config.Load().GetShutdown()
	delay, timeout := shutdown.GetDelay().AsDuration(), shutdown.GetTimeout().AsDuration()
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
