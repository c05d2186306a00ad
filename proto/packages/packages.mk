# The service config, the packages for callers in Python and TypeScript, and the examples that use them.

.PHONY: packages gen/serviceconfig gen/python gen/typescript plugins python-requirements languages package-types examples-python examples-node

# The version of the packages; a release has its tag.
PACKAGE_VERSION := 0.1.0
PROTOC := .tools/python/bin/python -m grpc_tools.protoc

# What `make generate` does for them after buf.
packages: gen/serviceconfig gen/python gen/typescript

# The service config as a file, and for Go.
gen/serviceconfig:
	@mkdir -p gen/serviceconfig gen/go/enlist/serviceconfig
	cp proto/serviceconfig.json gen/serviceconfig/enlist.json
	@{ echo '// Code generated from proto/serviceconfig.json. DO NOT EDIT.'; echo; \
	  echo '// Package serviceconfig has the gRPC service config for callers of Enlist.'; echo 'package serviceconfig'; echo; \
	  echo 'import _ "google.golang.org/grpc/health" // the service config checks health'; echo; \
  echo '// JSON is for grpc.WithDefaultServiceConfig; docs/clients.md says what is in it.'; \
	  echo 'const JSON = `'"$$(cat proto/serviceconfig.json)"'`'; } > gen/go/enlist/serviceconfig/serviceconfig.go

# The plugin for Python's stubs is inside grpcio-tools' protoc, where buf cannot call it.
gen/python:
	$(PROTOC) --descriptor_set_in=gen/descriptor/enlist.binpb --plugin=.tools/python/bin/protoc-gen-mypy_grpc \
	  --grpc_python_out=gen/python --mypy_grpc_out=quiet:gen/python enlist/v1/{customer,provider,operation,privacy}_service.proto
	cp -R proto/packages/python/. gen/python
	@{ echo '"""The contract enlist.v1: its messages, enums and stubs by their own names."""'; echo; \
	  ls gen/python/enlist/v1 | LC_ALL=C sort | sed -n '/^annotations/d; s/^\(.*_pb2.*\)\.py$$/from enlist.v1.\1 import */p'; } > gen/python/enlist/v1/__init__.py
	cp proto/serviceconfig.json gen/python/enlist/service_config.json
	sed 's/@VERSION@/$(PACKAGE_VERSION)/' proto/packages/python/pyproject.toml > gen/python/pyproject.toml

# npm has no package of google.rpc and google.type for protobuf-es.
gen/typescript:
	$(PROTOC) -I .tools/imports --plugin=.tools/node/node_modules/.bin/protoc-gen-es \
	  --es_out=target=ts,import_extension=js:.tools/node/src google/rpc/{status,error_details}.proto google/type/date.proto
	cp proto/packages/typescript/*.ts .tools/node/src
	@ls .tools/node/src/enlist/v1 | LC_ALL=C sort | sed -n '/^annotations/d; s/^\(.*\)\.ts$$/export * from ".\/enlist\/v1\/\1.js";/p' > .tools/node/contract
	sed -e '/@CONTRACT@/{r .tools/node/contract' -e 'd}' proto/packages/typescript/index.ts > .tools/node/src/index.ts
	echo "export const serviceConfig = JSON.stringify($$(cat proto/serviceconfig.json));" > .tools/node/src/service_config.ts
	rm -rf gen/typescript
	.tools/node/node_modules/.bin/tsc -p .tools/node
	cp proto/packages/typescript/README.md gen/typescript
	sed 's/@VERSION@/$(PACKAGE_VERSION)/' proto/packages/typescript/package.json > gen/typescript/package.json

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
	npm ci --loglevel error --ignore-scripts --no-audit --no-fund --prefix .tools/node
	@touch $@

# Pins anew what requirements.in names.
COMPILE := .tools/python/bin/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
  --custom-compile-command 'make python-requirements'
python-requirements:
	.tools/python/bin/pip install -q uv
	$(COMPILE) tools/python/requirements.in -o tools/python/requirements.txt
	$(COMPILE) --no-deps tools/postgres/requirements.in -o tools/postgres/requirements.txt

# What callers in Python and Node get needs these.
languages:
	@{ python3 -c 'import ensurepip, venv' && command -v node && command -v npm; } >/dev/null 2>&1 || \
	  { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv nodejs npm; } || \
	  { echo 'the packages for Python and Node need Python 3.11 or later with venv, and Node 18 or later with npm: apt-get install python3-venv nodejs npm'; exit 1; }
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "the packages for Python and Node need Python 3.11 or later, and python3 here is $$(python3 --version)"; exit 1; }
	@node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' || \
	  { echo "the packages for Python and Node need Node 18 or later, and node here is $$(node --version)"; exit 1; }

# True where checks of these packages are skipped: not in CI, and only where the languages can't be had.
WITHOUT_LANGUAGES = [ -z "$$CI" ] && ! $(MAKE) --no-print-directory languages 2>/dev/null

package-types: ## Check the types of the examples in Python and Node, and with them those of the packages
	@$(WITHOUT_LANGUAGES) && { echo 'their types were not checked'; exit 0; }; \
	$(MAKE) --no-print-directory plugins examples-python examples-node && \
	.tools/python/bin/mypy --config-file examples/python/pyproject.toml --python-executable .tools/examples/python/bin/python gen/python/enlist examples/python && \
	.tools/node/node_modules/.bin/tsc --noEmit --strict --allowJs --checkJs --target es2022 --module nodenext examples/node/{main,connect,create_customer.test}.js

examples-python examples-node: examples-%:
	@$(WITHOUT_LANGUAGES) && { echo 'the example in $* will be skipped'; exit 0; }; \
	$(MAKE) --no-print-directory .tools/examples/$*/stamp

# With the oldest of everything that the package takes, so that this is seen to do.
.tools/examples/python/stamp: $(shell find gen/python -type f)
	@$(MAKE) --no-print-directory languages
	python3 -m venv --clear .tools/examples/python
	grep -o '"[a-z-]*>=[0-9.]*"' gen/python/pyproject.toml | tr -d '"' | sed '/^>/d; s/>=/==/' > .tools/examples/python/constraints.txt
	.tools/examples/python/bin/pip install -q --disable-pip-version-check './gen/python[types]' -c .tools/examples/python/constraints.txt
	@touch $@

.tools/examples/node/stamp: examples/node/package.json examples/node/package-lock.json $(shell find gen/typescript -type f)
	@$(MAKE) --no-print-directory languages
	npm ci --loglevel error --ignore-scripts --no-audit --no-fund --prefix examples/node
	@mkdir -p $(@D) && touch $@
