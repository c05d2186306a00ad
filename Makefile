SHELL := /bin/bash
export PATH := $(CURDIR)/.tools/bin:$(PATH)

.PHONY: help tools imports generate build

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

tools: .tools/stamp ## Install the pinned tools into .tools/bin

.tools/stamp: tools/go.mod tools/lint/go.mod go.mod
	GOBIN=$(CURDIR)/.tools/bin go install -C tools tool
	GOBIN=$(CURDIR)/.tools/bin go install -C tools/lint tool
	GOBIN=$(CURDIR)/.tools/bin go install google.golang.org/protobuf/cmd/protoc-gen-go
	@touch $@

imports: ## Print the imported .proto files from the Go packages that go.mod pins
	@rm -rf .tools/imports && mkdir -p .tools/imports
	go run ./proto/protoimports .tools/imports

generate: tools imports ## Regenerate gen/ from proto/
	buf generate
	mkdir -p gen/openapi gen/descriptor
	go run ./proto/openapidoc .tools/openapi/enlist/v1/{customer,provider,operation}_service.openapi.json > gen/openapi/enlist.openapi.json
	buf build proto -o gen/descriptor/enlist.binpb

build: ## Build the binary, static, into ./enlist
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o enlist .
