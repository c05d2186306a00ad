SHELL := /bin/bash
export PATH := $(CURDIR)/.tools/bin:$(PATH)

.PHONY: help test check format generate python-package typescript-package python-requirements docs imports generated tools plugins languages compiler \
  postgres client-types examples-python examples-node deploy-check deploy-tools build image fuzz crash journal-size bench isolation soak vulnerabilities sbom

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

test: check compiler postgres ## Everything that must hold: formatting, lint, generated code, and every test with the race detector
	gotestsum --format pkgname-and-test-fails -- -race ./...

check: tools imports ## The checks that run no test
	@! golangci-lint fmt --diff | grep . || { echo 'not formatted: make format'; exit 1; }
	buf format --diff --exit-code proto
	go vet ./...
	golangci-lint run
	buf lint
	@if git describe --tags --abbrev=0 >/dev/null 2>&1; then \
	  buf breaking --against ".git#tag=$$(git describe --tags --abbrev=0),subdir=proto"; fi
	@$(MAKE) --no-print-directory generated client-types deploy-check

format: tools ## Format Go and proto files
	golangci-lint fmt
	buf format -w proto

generate: tools imports plugins ## Regenerate gen/ from proto/
	buf generate
	mkdir -p gen/openapi gen/descriptor gen/serviceconfig
	go run ./proto/openapidoc .tools/openapi/enlist/v1/{customer,provider,operation}_service.openapi.json > .tools/enlist.openapi.json
	mv .tools/enlist.openapi.json gen/openapi/enlist.openapi.json
	buf build proto -o gen/descriptor/enlist.binpb
	cp proto/serviceconfig.json gen/serviceconfig/enlist.json
	@$(MAKE) --no-print-directory python-package typescript-package

# The version of the packages for callers; a release has its tag.
PACKAGE_VERSION := 0.1.0
PROTOC := .tools/python/bin/python -m grpc_tools.protoc

# The plugin for Python's stubs is inside grpcio-tools' protoc, where buf cannot call it.
python-package:
	$(PROTOC) --descriptor_set_in=gen/descriptor/enlist.binpb --plugin=.tools/python/bin/protoc-gen-mypy_grpc \
	  --grpc_python_out=gen/python --mypy_grpc_out=quiet:gen/python enlist/v1/{customer,provider,operation}_service.proto
	cp -R proto/packages/python/. gen/python
	cp proto/serviceconfig.json gen/python/enlist/service_config.json
	sed -i 's/@VERSION@/$(PACKAGE_VERSION)/' gen/python/pyproject.toml

# npm has no package of google.rpc and google.type for protobuf-es.
typescript-package:
	$(PROTOC) -I .tools/imports --plugin=.tools/node/node_modules/.bin/protoc-gen-es \
	  --es_out=target=ts,import_extension=js:.tools/node/src google/rpc/{status,error_details}.proto google/type/date.proto
	cp proto/packages/typescript/*.ts .tools/node/src
	echo "export const serviceConfig = JSON.stringify($$(cat proto/serviceconfig.json));" > .tools/node/src/service_config.ts
	rm -rf gen/typescript
	.tools/node/node_modules/.bin/tsc -p .tools/node
	cp proto/packages/typescript/{package.json,README.md} gen/typescript
	sed -i 's/@VERSION@/$(PACKAGE_VERSION)/' gen/typescript/package.json

docs: ## Write docs/fields.md, what each vendor takes, and docs/errors.md, what each error means
	go test ./server -run '^Test(Fields|Errors)Page$$' -update

imports: ## Print the imported .proto files from the Go packages that go.mod pins
	@mkdir -p .tools/imports
	go run ./proto/protoimports .tools/imports

# gen/ must be what `make generate` makes of proto/.
generated:
	@$(WITHOUT_LANGUAGES) && { echo 'gen/ was not compared with proto/'; exit 0; }; \
	sum() { find gen -type f | LC_ALL=C sort | xargs sha256sum; }; \
	before=$$(sum); $(MAKE) --no-print-directory generate; after=$$(sum); \
	diff <(echo "$$before") <(echo "$$after") || { echo 'gen/ was not up to date; it is now: commit it'; exit 1; }

tools: .tools/stamp ## Install the pinned tools into .tools/bin

.tools/stamp: tools/go.mod tools/lint/go.mod go.mod
	GOBIN=$(CURDIR)/.tools/bin go install -C tools tool
	GOBIN=$(CURDIR)/.tools/bin go install -C tools/lint tool
	GOBIN=$(CURDIR)/.tools/bin go install google.golang.org/protobuf/cmd/protoc-gen-go
	@touch $@

plugins: .tools/python/stamp .tools/node/stamp ## Install what generates the packages for Python and TypeScript

.tools/python/stamp: tools/python/requirements.txt
	@$(MAKE) --no-print-directory languages
	python3 -m venv --clear .tools/python
	.tools/python/bin/pip install -q --disable-pip-version-check --require-hashes -r tools/python/requirements.txt
	@touch $@

.tools/node/stamp: tools/node/package.json tools/node/package-lock.json tools/node/tsconfig.json
	@$(MAKE) --no-print-directory languages
	mkdir -p .tools/node
	cp tools/node/*.json .tools/node
	npm ci --silent --ignore-scripts --prefix .tools/node
	@touch $@

python-requirements: ## Pin anew what tools/python/requirements.in names
	.tools/python/bin/pip install -q uv
	.tools/python/bin/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --custom-compile-command 'make python-requirements' tools/python/requirements.in -o tools/python/requirements.txt

# What callers in Python and Node get needs these.
languages:
	@{ python3 -c 'import ensurepip, venv' && command -v node && command -v npm; } >/dev/null 2>&1 || \
	  { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv nodejs npm; } || \
	  { echo 'the packages for Python and Node need Python 3.11 or later with venv, and Node 18 or later with npm: apt-get install python3-venv nodejs npm'; exit 1; }

# True where checks of these packages are skipped: not in CI, and only where the languages can't be had.
WITHOUT_LANGUAGES = [ -z "$$CI" ] && ! $(MAKE) --no-print-directory languages 2>/dev/null

client-types: ## Check the types of the examples in Python and Node, and with them those of the packages
	@$(WITHOUT_LANGUAGES) && { echo 'their types were not checked'; exit 0; }; \
	$(MAKE) --no-print-directory plugins examples-python examples-node && \
	.tools/python/bin/mypy --config-file examples/python/pyproject.toml --python-executable .tools/examples/python/bin/python gen/python/enlist examples/python && \
	.tools/node/node_modules/.bin/tsc --noEmit --strict --allowJs --checkJs --target es2022 --module nodenext examples/node/main.js

examples-python: .tools/examples/python/stamp ## Install what examples/python needs
examples-node: .tools/examples/node/stamp ## Install what examples/node needs

# With the oldest of everything that the package takes, so that this is seen to do.
.tools/examples/python/stamp: $(shell find gen/python -type f)
	@$(MAKE) --no-print-directory languages
	python3 -m venv --clear .tools/examples/python
	grep -o '"[a-z-]*>=[0-9.]*"' gen/python/pyproject.toml | tr -d '"' | sed '/^>/d; s/>=/==/' > .tools/examples/python/constraints.txt
	.tools/examples/python/bin/pip install -q --disable-pip-version-check './gen/python[types]' -c .tools/examples/python/constraints.txt
	@touch $@

.tools/examples/node/stamp: examples/node/package.json examples/node/package-lock.json $(shell find gen/typescript -type f)
	@$(MAKE) --no-print-directory languages
	npm ci --silent --ignore-scripts --prefix examples/node
	@mkdir -p $(@D) && touch $@

# The race detector needs a C compiler.
compiler:
	@command -v gcc >/dev/null || command -v clang >/dev/null || \
	  { [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -y -qq gcc libc6-dev; } || \
	  { echo 'the race detector needs a C compiler: apt-get install gcc libc6-dev'; exit 1; }

# Tests of the PostgreSQL journal start a server of their own; Debian's package need not make and start another.
postgres:
	@command -v postgres >/dev/null || ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || \
	  { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq postgresql-common && \
	    sed -i 's/^#*create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf && \
	    apt-get install -y -qq postgresql; } || \
	  echo 'no PostgreSQL server here: its tests will be skipped (apt-get install postgresql)'

deploy-check: tools deploy-tools ## Check what is in deploy/: alerts, dashboard, Kubernetes, Compose, systemd
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
	set -o pipefail; go test ./once/crashtest -run '^TestForLong$$' -v -timeout 0 -crash.duration $(DURATION) -crash.table $(CURDIR)/docs/exactly-once.md | grep -v '^ *\(===\|--- PASS\)'

ROWS ?= 2000000
STORE ?= sqlite
journal-size: ## Measure a journal of ROWS (2000000) in STORE (sqlite or postgres) beside a small one; the table goes to docs/exactly-once.md
	go test ./journal/sizetest -run '^TestMillions$$' -v -timeout 0 -journal.rows $(ROWS) -journal.store $(STORE) -journal.table $(CURDIR)/docs/exactly-once.md

ROUNDS ?= 8
bench: ## Measure Enlist beside servers written by hand, ROUNDS (8) times; see bench/doc.go
	go run ./bench -rounds $(ROUNDS)

isolation: ## Measure calls to one vendor while 5000 wait for another that hangs, with and without, ROUNDS (8) times
	go test ./bench/isolation -isolation.rounds $(ROUNDS) -timeout 0 -v

soak: ## Serve steady load for DURATION (30m) with all vendors failing at random; memory must stay level and every create end as one customer
	go test ./once/crashtest -run '^TestSoak$$' -v -timeout 0 -crash.soak $(DURATION)

GOVULNCHECK ?= golang.org/x/vuln/cmd/govulncheck@v1.8.0
vulnerabilities: ## Ask the Go vulnerability database what is known of the code that is used; needs the network
	go run $(GOVULNCHECK) ./...

SYFT ?= github.com/anchore/syft/cmd/syft@v1.42.0
sbom: build ## Write the binary's bill of materials, enlist.cdx.json (CycloneDX), and enlist.licences.txt
	SYFT_CHECK_FOR_APP_UPDATE=false SYFT_GOLANG_SEARCH_LOCAL_MOD_CACHE_LICENSES=true go run $(SYFT) scan -q file:enlist \
	  -o cyclonedx-json=enlist.cdx.json -o template=enlist.licences.txt -t tools/licences.tmpl
	@cat enlist.licences.txt
