# The commands of this house; `make help` lists them. Each installs what it needs and is missing.
SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

JOBS ?= $(shell nproc)
PORT ?= 8080
SEEDS ?= 100000
SECONDS_EACH ?= 60

PYTHON_PINS := tests/oracle/requirements.txt

# $(call compile,PRESET,TARGETS): configures when the presets changed, then builds.
define compile
	@[ build/$(1)/build.ninja -nt CMakePresets.json ] || cmake --preset $(1)
	@ninja -C build/$(1) -j $(JOBS) $(2)
endef

.PHONY: help install run serve build test bench lint coverage simulate oracle fuzz fault mutants asan tsan clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: ## what the tests, the linters, the fuzzers and the benchmarks need
	@deploy/install build test fault lint fuzz bench
	@deploy/venv $(PYTHON_PINS)

build: ## the program, at build/release/weir
	@deploy/install build
	$(call compile,release,weir)

run: build ## a simulated company, live: PORT=8080 DATA=folder-that-stays LOG=file-to-replay
	@deploy/start-here demo "$(PORT)" $(if $(DATA),--data "$(DATA)") $(if $(LOG),--log "$(LOG)")

serve: build ## an empty server: PORT=8080 DATA=build/run-data
	@deploy/start-here serve "$(PORT)" --data "$(or $(DATA),build/run-data)"

test: ## every suite in its short form
	@deploy/install build test fault
	@deploy/monitoring/promtool || echo "without promtool the tests that need it are skipped"
	@deploy/broker/fetch || echo "without a broker the tests that need one are skipped"
	@deploy/venv $(PYTHON_PINS)
	$(call compile,release,all)
	@tests/run

asan: ## the tests under the address and undefined behaviour sanitizers
	@deploy/install build test fault
	@deploy/venv $(PYTHON_PINS)
	$(call compile,asan,all)
	@tests/run --build build/asan

tsan: ## the tests under the thread sanitizer
	@deploy/install build test fault
	@deploy/venv $(PYTHON_PINS)
	$(call compile,tsan,all)
	@tests/run --build build/tsan

coverage: ## line coverage of the tests, at least 85 %
	@deploy/install build test fault
	@deploy/venv $(PYTHON_PINS) tests/support/coverage-requirements.txt
	$(call compile,coverage,all)
	@tests/support/coverage build/coverage 85

simulate: ## random histories: SEEDS=100000, or one of them: SEED=n
	@deploy/install build test
	$(call compile,release,simulate)
	@build/release/simulate $(if $(SEED),--seed $(SEED),--seeds $(SEEDS))

oracle: ## every answer recomputed with PM4Py, every log, every kill
	@deploy/install build test
	@deploy/venv $(PYTHON_PINS)
	$(call compile,release,all)
	@tests/run --full oracle fault cluster e2e schemas_calendar stream_sla

fault: ## every log through a server that is killed twenty times; every system call, a thousand kills and rotten files, a hundred losses of power
	@deploy/install build test fault
	@deploy/venv $(PYTHON_PINS)
	$(call compile,release,all)
	@tests/run --full fault cluster

mutants: ## sows each bug of tests/mutants/mutants.txt into a copy of the tree: a test must notice. ONLY=part of a name
	@deploy/install build test fault
	@deploy/venv $(PYTHON_PINS)
	$(call compile,release,all)
	@PATH="$(CURDIR)/.venv/bin:$$PATH" tests/mutants/sow $(if $(ONLY),"$(ONLY)")

fuzz: ## each decoder under libFuzzer: SECONDS_EACH=60
	@deploy/install build fuzz
	$(call compile,fuzz,fuzzers)
	@tests/fuzz/fuzz-each build/fuzz/fuzz $(SECONDS_EACH)

bench: ## the figures of bench/results
	@deploy/install build test bench
	@deploy/venv $(PYTHON_PINS)
	$(call compile,bench,all)
	@bench/run build/bench

lint: ## clang-format and clang-tidy: ALL=1 checks every file, else those that changed since BASE=HEAD
	@deploy/install build lint
	@cmake --preset lint >/dev/null
	@deploy/lint build/lint "$(if $(ALL),,$(or $(BASE),HEAD))"

clean: ## removes what was built and run, and what pip and npm brought
	rm -rf build .venv api/web/node_modules
