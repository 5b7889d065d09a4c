# Needs only python3 (3.11 or newer) with its venv module, and make. `make` alone lists the targets.

PYTHON ?= python3
BIN    := .venv/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
STAMP  := .venv/.up-to-date
# More options for pytest: make test PYTEST_ARGS="-k envelope"
PYTEST_ARGS ?=
# Test processes at once; WORKERS=0 runs them in this one (for a debugger).
WORKERS ?= auto

.DEFAULT_GOAL := help
.PHONY: help setup test coverage lint format bench soak demo vectors openapi lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## make .venv from the locked packages (says nothing when up to date)
	@sh tests/programs.sh

$(STAMP): requirements.lock requirements-dev.lock pyproject.toml
	@echo "setting up .venv"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "error: $(PYTHON) is older than 3.11" >&2; \
	       echo "hint: make PYTHON=/path/to/a/newer/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' \
	  || { echo "error: $(PYTHON) has no venv module" >&2; \
	       echo "hint: on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv .venv
# --no-deps: the lock is whole. Older pips resolve an extra (coverage[toml]) to a newer release than the locked one.
	@$(PIP) install --no-deps --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

test: setup ## run every test
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(PYTEST_ARGS)

coverage: setup ## run every test and show the lines and branches no test reaches
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --cov --cov-report=term-missing $(PYTEST_ARGS)

lint: setup ## check style, types and the import contract
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: setup ## put imports and layout in order
	$(BIN)/ruff check --select I --fix .
	$(BIN)/ruff format .

bench: setup ## measure against the budgets (FULL=1: at a million mailboxes)
	$(BIN)/python -m bench

soak: setup ## kill the server under load, again and again, and count what is lost
	$(BIN)/python -m bench.soak

demo: setup ## play the round trip with invented reports on this machine
	$(BIN)/python -m deploy.demo

vectors: setup ## write the test vectors that Python and JavaScript share
	$(BIN)/python -m tests.vectors.make

openapi: setup ## write docs/openapi.json from the list of routes
	$(BIN)/python -m dropbox.api.openapi docs/openapi.json

# Universal: one lock for every platform and Python version we support. Neither file names a host.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml

lock: setup ## renew both lock files from pyproject.toml (UPGRADE=1: to the newest versions)
	$(LOCK) $(if $(UPGRADE),--upgrade) --output-file requirements.lock
	$(LOCK) $(if $(UPGRADE),--upgrade) --extra dev --constraint requirements.lock --output-file requirements-dev.lock

clean: ## remove everything that make, the tests and the linters wrote
	rm -rf .venv .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
