# Two commands matter: `make run` and `make test`. Both install what they need.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
COMMIT  := $(shell git rev-parse --short HEAD 2>/dev/null || echo unknown)
LDFLAGS := -s -w -X peerscape/internal/cli.version=$(VERSION) -X peerscape/internal/cli.commit=$(COMMIT)
BIN     := bin/peerscape

# Checks, pinned. They run with `go run`, so nothing has to be installed.
GOFUMPT     := mvdan.cc/gofumpt@v0.12.0
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2
DEADCODE    := golang.org/x/tools/cmd/deadcode@v0.52.0

# Packages in which goroutines start: they are tested with the race detector.
RACE := ./internal/machinery/... ./internal/exchange/catalogue/... ./internal/app/... ./internal/engine/composite/uncertainty

FUZZTIME ?= 10s
ADDR     ?= 127.0.0.1:8080

export CGO_ENABLED ?= 0

.PHONY: run build test static dynamic soak bench check go race fuzz browser browser-alone api api-alone clean tools web templ

run: build ## start the server with the bundled snapshot and print its address
	$(BIN) serve --addr $(ADDR)

build: $(BIN)

$(BIN): web FORCE
	go build -ldflags '$(LDFLAGS)' -o $@ ./cmd/peerscape

web: web/node_modules/.installed ## bundle scripts and styles
	go run ./web/build

web/node_modules/.installed: web/package.json web/package-lock.json
	cd web && npm ci --no-audit --no-fund --silent
	touch $@

templ: ## make Go from the templates
	go tool templ generate

tools: ## Debian packages that the tests need: a browser and a database server
	.ci/install

test: tools build ## everything, under 15 minutes cold
	$(MAKE) --output-sync=line -j2 static dynamic
	@echo "make test: all passed"

# Two lines of work side by side: neither keeps two cores busy, least of all while
# it waits for modules or a browser. Neither builds the binary again.
static: check
	$(MAKE) api-alone
	$(MAKE) browser-alone
dynamic: go
	$(MAKE) race

check: ## formatting, vet, linters, generated files, modules
	@out=$$(go run $(GOFUMPT) -l cmd internal web data bench | grep -v -e _templ.go -e node_modules || true); \
	  test -z "$$out" || { echo "not formatted (run: go run $(GOFUMPT) -w FILE):"; echo "$$out"; exit 1; }
	go vet ./...
	go run $(STATICCHECK) ./...
	@out=$$(go run $(DEADCODE) -test ./... ); test -z "$$out" || { echo "unreachable:"; echo "$$out"; exit 1; }
	go mod tidy -diff
	@sum() { cat $$(git ls-files '*_templ.go') | sha256sum; }; before=$$(sum); go tool templ generate >/dev/null 2>&1; \
	  test "$$before" = "$$(sum)" || { echo 'the Go of the templates is out of date: run make templ and commit'; exit 1; }

# check has looked with all of vet; tests need not look at every dependency anew.
go: ## Go tests on SQLite and PostgreSQL
	@url=$$(.ci/postgres start); trap '.ci/postgres stop' EXIT; \
	  PEERSCAPE_TEST_POSTGRES="$$url" go test -vet=off -timeout 20m ./...

race: ## the packages that start goroutines, under the race detector
	CGO_ENABLED=1 go test -vet=off -race -short -timeout 20m $(RACE)

# Not part of test, which says the same twice about the same code: what fuzzing has
# found stands among the saved inputs, and the tests run those.
fuzz: ## every parser, FUZZTIME each
	.ci/fuzz $(FUZZTIME)

api: $(BIN) api-alone ## the OpenAPI document against a linter
api-alone:
	$(BIN) openapi > bin/openapi.json
	cd web && REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true npx --no-install redocly lint --config redocly.yaml ../bin/openapi.json

browser: $(BIN) browser-alone ## pages in headless Chromium: accessibility, no script, weight
browser-alone:
	cd web && node --test --test-concurrency=1 test/*.test.mjs

bench: ## the figures of BENCHMARKS.md
	go test -run '^$$' -bench . -benchmem ./internal/wire/... ./internal/stats ./internal/exchange/catalogue ./internal/nuts ./internal/engine/... ./internal/machinery/jobs ./internal/face/web

soak: ## long fuzzing, load and kills: hours
	$(MAKE) fuzz FUZZTIME=20m
	go test -race -count 20 -timeout 4h $(RACE)

clean:
	rm -rf bin web/dist/* web/node_modules

FORCE:
