package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	statusv1 "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"

	configv1 "github.com/enlist-dev/enlist/gen/go/enlist/config/v1"
	"github.com/enlist-dev/enlist/internal/testkit"
	"github.com/enlist-dev/enlist/providers"
)

// The contract does not depend on our own gateway. Envoy's transcoder has only the descriptor
// set. Behind it, the cases of testdata/cases.yaml have the same status, response and details as
// over our REST. Errors have proto names, as over gRPC.
func TestCasesBehindEnvoy(t *testing.T) {
	upstream, listener := testkit.FreeAddress(t), testkit.FreeAddress(t)
	url := startEnvoy(t, listener, upstream)
	for _, c := range readCases(t) {
		t.Run(c.Name, func(t *testing.T) {
			r := start(t, func(config *configv1.Config, _ map[string]providers.Provider) { config.Grpc.Address = upstream })
			for i, step := range c.Steps {
				if step.Fault != nil {
					order(t, r, step.Fault)
				}
				called := method(t, step.RPC)
				got := readAnswer(t, restRequest(t.Context(), t, url, called, asBody(t, step.Request)))
				compare(t, fmt.Sprintf("step %d (%s)", i+1, step.RPC), step.Want, got)
			}
		})
	}
}

func readAnswer(t *testing.T, request *http.Request) outcome {
	t.Helper()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	got := outcome{http: response.StatusCode, status: status.New(codes.OK, "")}
	if response.StatusCode == http.StatusOK {
		if err := json.Unmarshal(text, &got.answer); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		return got
	}
	failed := &statusv1.Status{}
	if err := protojson.Unmarshal(text, failed); err != nil {
		t.Fatalf("%d: %v in %s", response.StatusCode, err, text)
	}
	got.status = status.FromProto(failed)
	return got
}

// startEnvoy starts Envoy between two addresses. It returns the address of the REST side.
func startEnvoy(t *testing.T, listener, upstream string) string {
	t.Helper()
	program, err := filepath.Abs("../.tools/openapi/bin/envoy")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(program); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("no Envoy here, which CI must run: make openapi-tools")
		}
		t.Skip("no Envoy here: make openapi-tools, which needs Python with venv")
	}
	descriptors, err := filepath.Abs("../gen/descriptor/enlist.binpb")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "envoy.json")
	if err := os.WriteFile(file, envoyConfig(t, listener, upstream, descriptors), 0o600); err != nil {
		t.Fatal(err)
	}
	envoy := exec.Command(program, "--config-path", file, "--use-dynamic-base-id", "--concurrency", "1", "--log-level", "warning")
	log := &testkit.LogBuffer{}
	envoy.Stderr = log
	// The program is a script that starts the real one.
	envoy.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := envoy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-envoy.Process.Pid, syscall.SIGTERM)
		_ = envoy.Wait()
	})
	for range 200 {
		if connection, err := net.Dial("tcp", listener); err == nil {
			_ = connection.Close()
			return "http://" + listener
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("Envoy does not listen: %s", log)
	return ""
}

type object = map[string]any

func envoyConfig(t *testing.T, listener, upstream, descriptors string) []byte {
	t.Helper()
	address := func(hostPort string) object {
		host, port, err := net.SplitHostPort(hostPort)
		if err != nil {
			t.Fatal(err)
		}
		return object{"socket_address": object{"address": host, "port_value": json.Number(port)}}
	}
	typed := func(name string, config object) object {
		config["@type"] = "type.googleapis.com/" + name
		return config
	}
	transcoder := typed("envoy.extensions.filters.http.grpc_json_transcoder.v3.GrpcJsonTranscoder", object{
		"proto_descriptor":           descriptors,
		"services":                   []string{"enlist.v1.CustomerService", "enlist.v1.ProviderService", "enlist.v1.OperationService", "enlist.v1.PrivacyService"},
		"convert_grpc_status":        true, // errors as JSON, with their details
		"request_validation_options": object{"reject_unknown_method": true, "reject_unknown_query_parameters": true},
	})
	manager := typed("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", object{
		"stat_prefix": "rest",
		"route_config": object{"virtual_hosts": []object{{"name": "enlist", "domains": []string{"*"}, "routes": []object{
			{"match": object{"prefix": "/"}, "route": object{"cluster": "enlist", "timeout": "60s"}},
		}}}},
		"http_filters": []object{
			{"name": "grpc_json_transcoder", "typed_config": transcoder},
			{"name": "router", "typed_config": typed("envoy.extensions.filters.http.router.v3.Router", object{})},
		},
	})
	http2 := typed("envoy.extensions.upstreams.http.v3.HttpProtocolOptions", object{"explicit_http_config": object{"http2_protocol_options": object{}}})
	text := new(bytes.Buffer)
	if err := json.NewEncoder(text).Encode(object{"static_resources": object{
		"listeners": []object{{"address": address(listener), "filter_chains": []object{{"filters": []object{{"name": "http", "typed_config": manager}}}}}},
		"clusters": []object{{
			"name": "enlist", "type": "STATIC", "connect_timeout": "5s",
			"typed_extension_protocol_options": object{"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": http2},
			"load_assignment": object{"cluster_name": "enlist", "endpoints": []object{{"lb_endpoints": []object{
				{"endpoint": object{"address": address(upstream)}},
			}}}},
		}},
	}}); err != nil {
		t.Fatal(err)
	}
	return text.Bytes()
}
