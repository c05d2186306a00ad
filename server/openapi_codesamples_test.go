package server_test

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// codeSample is one of the x-codeSamples of an operation.
type codeSample struct{ rpc, service, path, verb, source string }

// Every operation has a code sample in every language. The sample calls that operation.
func TestCodeSamples(t *testing.T) {
	for label, samples := range codeSamples(t) {
		if len(samples) != 11 {
			t.Errorf("%d operations have a sample for %s", len(samples), label)
		}
		for _, sample := range samples {
			var calls string
			switch label {
			case "curl":
				literal, _, _ := strings.Cut(sample.path, "{")
				calls = "http://localhost:8080" + literal
				if sent := strings.Contains(sample.source, "--data"); sent != (sample.verb == "post") {
					t.Errorf("%s in curl is no %s:\n%s", sample.rpc, sample.verb, sample.source)
				}
			case "grpcurl":
				calls = "enlist.v1." + sample.service + "/" + sample.rpc + " "
			case "Node.js", "Java":
				calls = "." + strings.ToLower(sample.rpc[:1]) + sample.rpc[1:] + "("
			default:
				calls = "." + sample.rpc + "("
			}
			if function := functions()[label]; function != "" && sample.rpc == "CreateCustomer" {
				calls = function
			}
			if !strings.Contains(sample.source, calls) {
				t.Errorf("%s in %s does not call %q:\n%s", sample.rpc, label, calls, sample.source)
			}
		}
	}
}

// functions maps languages to the function that repeats CreateCustomer, if a package has one.
func functions() map[string]string {
	return map[string]string{"Python": "enlist.create_customer(", "Node.js": "await createCustomer("}
}

// The code samples do, as printed, what the document says, in sequence. All of them run, except
// those for Go and Java, which are only compiled.
func TestCodeSamplesWork(t *testing.T) {
	python, node, java := "../.tools/examples/python/bin/python", "../examples/node/node_modules", "../examples/java/target/lib"
	samples := codeSamples(t)
	t.Run("curl", func(t *testing.T) {
		installed(t, "curl")
		runSamples(t, samples["curl"], "sh", "bash", "-eu")
	})
	t.Run("grpcurl", func(t *testing.T) {
		grpcurl(t, "-version") // skips the test without grpcurl
		runSamples(t, samples["grpcurl"], "sh", "bash", "-eu")
	})
	t.Run("Python", func(t *testing.T) {
		runSamples(t, samples["Python"], "py", absolute(t, installed(t, python)))
	})
	t.Run("Node.js", func(t *testing.T) {
		present(t, node)
		runSamples(t, samples["Node.js"], "mjs", installed(t, "node"))
	})
	t.Run("Go", func(t *testing.T) {
		for _, sample := range samples["Go"] {
			compile(t, exec.CommandContext(t.Context(), installed(t, "go"), "vet", write(t, t.TempDir(), "main.go", sample.source)))
		}
	})
	t.Run("Java", func(t *testing.T) {
		present(t, java)
		folder := t.TempDir()
		arguments := []string{"-d", folder, "-cp", java + "/../classes:" + java + "/*"}
		for _, sample := range samples["Java"] {
			arguments = append(arguments, write(t, folder, sample.rpc+".java", sample.source))
		}
		compile(t, exec.CommandContext(t.Context(), installed(t, "javac"), arguments...))
	})
}

// codeSamples returns the code samples by the label of their language. They are in an order that
// works.
func codeSamples(t *testing.T) map[string][]codeSample {
	t.Helper()
	document, err := readOpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]codeSample{"curl": nil, "grpcurl": nil, "Python": nil, "Node.js": nil, "Go": nil, "Java": nil}
	for _, path := range slices.Sorted(maps.Keys(document.at("paths"))) {
		for verb, operation := range document.at("paths", path) {
			operation := operation.(map[string]any)
			for _, sample := range operation["x-codeSamples"].([]any) {
				sample := sample.(map[string]any)
				label := sample["label"].(string)
				found[label] = append(found[label], codeSample{
					rpc: operation["operationId"].(string), service: operation["tags"].([]any)[0].(string), path: path, verb: verb, source: sample["source"].(string),
				})
			}
		}
	}
	for _, samples := range found {
		slices.SortFunc(samples, func(a, b codeSample) int { return cmp.Compare(turn(a.rpc), turn(b.rpc)) })
	}
	return found
}

// turn orders RPCs. The creation is first. The decision is last, since it concerns another
// creation.
func turn(rpc string) string {
	return map[string]string{"CreateCustomer": "0", "ResolveOperation": "2"}[rpc] + "1" + rpc
}

// runSamples runs each sample in a separate file against one server. The address of that server
// replaces the demo's.
func runSamples(t *testing.T, samples []codeSample, extension, interpreter string, arguments ...string) {
	t.Helper()
	r := startForSamples(t)
	addresses := strings.NewReplacer("http://localhost:8080", r.restURL, "localhost:9090", r.grpcTarget)
	folder := t.TempDir()
	if extension == "mjs" { // where Node looks for packages
		if err := os.Symlink(absolute(t, "../examples/node/node_modules"), filepath.Join(folder, "node_modules")); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := exec.LookPath("uuidgen"); err != nil {
		uuidgen := write(t, folder, "uuidgen", "#!/bin/sh\ncat /proc/sys/kernel/random/uuid\n")
		if err := os.Chmod(uuidgen, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, sample := range samples {
		// This is about the creation that waits for a person. Its caller has stored its
		// request_id.
		if sample.rpc == "ResolveOperation" {
			write(t, folder, "order-1042.request_id", waitingRequestID(t))
		}
		file := write(t, folder, sample.rpc+"."+extension, addresses.Replace(sample.source))
		run := func() ([]byte, error) {
			command := exec.CommandContext(t.Context(), interpreter, append(arguments, file)...)
			command.Dir = folder
			command.Env = append(os.Environ(), fmt.Sprintf("PATH=%s:%s:%s", folder, absolute(t, "../.tools/bin"), os.Getenv("PATH")))
			return command.CombinedOutput()
		}
		printed, err := run()
		for attempts := 0; err != nil && attempts < 10 && bytes.Contains(printed, []byte("did not record the decision")); attempts++ {
			time.Sleep(300 * time.Millisecond) // less than RetryInfo says, of which at most a second is left
			printed, err = run()
		}
		if err != nil {
			t.Errorf("%s: %v\n%s\n%s", sample.rpc, err, sample.source, printed)
		}
	}
}

// waitingRequestID returns the request_id of the creation that waits for a person.
func waitingRequestID(t *testing.T) string {
	t.Helper()
	var samples map[string][]sample
	readJSON(t, samplesFile, &samples)
	return samples["ResolveOperation"][0].Parameters["request_id"].(string)
}

func compile(t *testing.T, compiler *exec.Cmd) {
	t.Helper()
	if printed, err := compiler.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, printed)
	}
}

func write(t *testing.T, folder, name, content string) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func absolute(t *testing.T, path string) string {
	t.Helper()
	found, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// installed returns the program. Without the program it skips the test. `make examples` installs
// it.
func installed(t *testing.T, program string) string {
	t.Helper()
	found, err := exec.LookPath(program)
	if err != nil {
		lacks(t, program)
	}
	return found
}

func present(t *testing.T, path string) {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		lacks(t, path)
	}
}

func lacks(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatalf("no %s here: make examples", what)
	}
	t.Skipf("no %s here: make examples", what)
}
