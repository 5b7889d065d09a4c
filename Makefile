# Needs only python3 (3.11 or newer) with its venv module, and make. `make` alone lists the targets.
# Node.js comes from the system where it is new enough, else into .venv: static/node.sh.

PYTHON ?= python3
BIN    := .venv/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
STAMP  := .venv/.up-to-date
NPM    := sh static/node.sh npm --prefix static
# npm writes the first, the build the second.
NODE_MODULES := static/node_modules/.package-lock.json
ASSETS       := static/dist/assets/site.css
# More options for pytest: make test PYTEST_ARGS="-k envelope"
PYTEST_ARGS ?=
# Test processes at once; WORKERS=0 runs them in this one (for a debugger).
WORKERS ?= auto
# What was compiled is kept, whatever the environment says: the tests start hundreds of Pythons.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup test thorough scenarios coverage lint format bench soak fuzz demo screens vectors openapi documents languages lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) $(ASSETS) ## make .venv and the style sheet from what is locked (says nothing when up to date)
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

$(NODE_MODULES): static/package.json static/package-lock.json static/.npmrc | $(STAMP)
	@echo "setting up static/node_modules"
	@$(NPM) ci --ignore-scripts >/dev/null
	@touch $@

$(ASSETS): $(NODE_MODULES) static/build.mjs static/vendor.mjs static/tsconfig.build.json static/icon.svg $(wildcard static/css/*.scss) $(shell find static/js -name "*.js")
	@$(NPM) run --silent build

test: setup ## run the tests, without the many of a kind that are marked long
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile $(PYTEST_ARGS)

thorough: setup ## run every test there is
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -m "" $(PYTEST_ARGS)

scenarios: setup ## play every scenario from report to conclusion, with real programs and a browser
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -m "" tests/scenarios

coverage: setup ## run every test and show what no test reaches; of crypto/ there must be nothing
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile -m "" --cov --cov-report=term-missing $(PYTEST_ARGS)
	$(BIN)/coverage report --include='crypto/*' --fail-under=100

lint: setup ## check style, types and the import contract
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(NPM) run --silent check

format: setup ## put imports and layout in order
	$(BIN)/ruff check --select I --fix .
	$(BIN)/ruff format .

bench: setup ## measure against the budgets (FULL=1: at a million mailboxes)
	$(BIN)/python -m bench

soak: setup ## kill the server under load, let its disk fail at every call, and count what is lost
	$(BIN)/python -m bench.soak
	$(BIN)/python -m bench.faults
	LIFE=long $(BIN)/python -m pytest -q -n0 tests/inbox_ui/test_team_life.py

fuzz: setup ## fuzz everything that reads from the network, a minute each (SECONDS=…)
	$(BIN)/python -m tests.dropbox.fuzz

demo: setup ## a whole service with invented reports, on this machine, to look at
	@$(BIN)/python -m deploy.demo $(DEMO_ARGS)

screens: setup ## take the pictures in docs/screens from the running programs
	$(BIN)/python -m deploy.demo.screens docs/screens

vectors: setup ## write the test vectors that Python and JavaScript share
	$(BIN)/python -m tests.vectors.make

openapi: setup ## write docs/openapi.json from the list of routes
	$(BIN)/python -m dropbox.api.openapi docs/openapi.json

documents: setup ## write the facts in docs/adopting anew
	$(BIN)/python -m tests.adopting

languages: setup ## renew the catalogues of the site's languages (ADD=pl: begin one)
	$(BIN)/python -m dropbox.site.catalogues $(ADD)

# Universal: one lock for every platform and Python version we support. No file names a host.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header

lock: setup ## renew the lock files from pyproject.toml (UPGRADE=1: to the newest versions)
	$(LOCK) $(if $(UPGRADE),--upgrade) --output-file requirements.lock pyproject.toml
	$(LOCK) $(if $(UPGRADE),--upgrade) --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml
	$(LOCK) $(if $(UPGRADE),--upgrade) --group node --output-file requirements-node.lock
	$(NPM) run --silent lock

clean: ## remove everything that make, the tests and the linters wrote
	rm -rf .venv .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist htmlcov static/dist static/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
