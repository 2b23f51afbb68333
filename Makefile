# The five commands that most people need are at the top of `make help`. Needs: Python 3.11 or later, and make.

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input
# PYTHON=/path/to/python3.13 make setup: another interpreter than the first that fits
PYTHON ?= $(shell .ci/python)
ONCE ?=
FULL ?=
# Compiled modules are kept whatever the environment says: the tests start the command some hundred times, and
# compiling its modules anew is most of each start.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev setup-interop setup-fuzz demo test lint format bench conformance fuzz interop docs site lock clean

help: ## what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

setup: $(VENV)/.runtime ## make .venv with the gateway in it (.venv/bin/gateway)

demo: setup ## serve the reference portal behind the gateway, with a tour; ONCE=1 ends after the tour
	@$(BIN)/gateway demo $(if $(ONCE),--once)

test: setup-dev ## the tests, under five minutes
	@$(BIN)/pytest -n 2 --dist worksteal -m "not slow and not interop"

lint: setup-dev ## ruff and mypy --strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check gateway/settings gateway/cli.py gateway/commands tests/house
	$(BIN)/mypy

format: setup-dev ## what `lint` would ask for, done
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format gateway/settings gateway/cli.py gateway/commands tests/house

bench: setup-dev ## requests beside a plain pass-through, the cost of translation and protection; which bound is met
	@$(PY) -m bench
	@$(PY) -m bench.codec
	@$(PY) -m bench.security

conformance: setup-dev ## scoreboard on what others wrote; FULL=1 for all of it
	@if [ -f tests/conformance/__main__.py ]; then $(PY) -m tests.conformance $(if $(FULL),--full); \
	else echo "conformance: nothing to run yet"; fi

fuzz: setup-fuzz ## bytes that reach new code: messages, contracts, configurations; SECONDS each (120), found ones in .fuzz/
	@for target in message contract config; do $(PY) -m tests.fuzz $$target --seconds $(or $(SECONDS),120) || exit 1; done

interop: setup-interop ## starts foreign SOAP stacks and calls them; a missing stack fails in .ci/run
	@$(BIN)/pytest -m interop -rs
	@$(BIN)/pytest tests/plugins/encryption tests/house/test_deploy.py

docs: setup-dev ## everything in README and docs/ that can be run, run
	@$(BIN)/pytest tests/house/test_docs.py

site: setup-dev ## the documentation as a site, in site/; a broken link is an error
	@$(BIN)/mkdocs build -q
	@echo "site/index.html"

clean: ## remove what the targets made
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis dist build site
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ---------------------------------------------------------------- environment
# Stamps: a second run compares three file dates and does nothing.

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "setup: no Python 3.11 or later with venv was found (on Debian: apt-get install python3-venv)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements-build.lock pyproject.toml | $(VENV)/bin/python
	@$(PY) -m pip --version >/dev/null 2>&1 || $(PY) -m ensurepip -q
	$(PIP) install -q --no-compile --require-hashes -r requirements-build.lock
	$(PIP) install -q --no-deps --no-build-isolation -e .
	@touch $@

setup-dev: $(VENV)/.dev
$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	$(PIP) install -q --no-compile --require-hashes -r requirements-dev.lock
	@touch $@

setup-interop: $(VENV)/.interop
$(VENV)/.interop: requirements-interop.lock $(VENV)/.dev
	$(PIP) install -q --no-compile --require-hashes -r requirements-interop.lock
	@touch $@

setup-fuzz: $(VENV)/.fuzz
$(VENV)/.fuzz: requirements-fuzz.lock $(VENV)/.dev
	$(PIP) install -q --no-compile --require-hashes -r requirements-fuzz.lock
	@touch $@

# The locks carry hashes and name no registry host; uv makes them (pip install uv), nobody else needs it.
UVLOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q
lock: ## make the dependency locks again, with uv, after pyproject.toml changed
	$(UVLOCK) -o requirements.lock
	$(UVLOCK) --extra otel -c requirements.lock -o requirements-otel.lock
	$(UVLOCK) --extra build -c requirements.lock -o requirements-build.lock
	$(UVLOCK) --extra build --extra dev -o requirements-dev.lock
	$(UVLOCK) --extra build --extra dev --extra fuzz -c requirements-dev.lock -o requirements-fuzz.lock
	$(UVLOCK) --extra build --extra dev --extra interop --extra deploy -o requirements-interop.lock
