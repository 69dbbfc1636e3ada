# Every command a person needs. `make demo` shows the product, `make test` proves it.

PYTHON ?= python3
PORT ?= 8000
TEST_DATABASE_URL ?= postgres://postgres@127.0.0.1:5432/postgres
TEST_CACHE_URL ?= redis://127.0.0.1:6379/1
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK = 1
# Compiled once instead of in every process: this halves the time of the tests.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo install install-dev test test-long lint types unit services browser bench lock clean

help:
	@echo "make demo      set up and serve the dashboard with demo data (PORT=$(PORT))"
	@echo "make install   make the environment in .venv"
	@echo "make test      lint, types, import contracts, tests, the same on PostgreSQL and Redis, browser tests"
	@echo "make test-long the tests that take long: kills, restores, many more generated inputs"
	@echo "make bench     the old and the new way compared, pages under load, a million calls, webhooks"
	@echo "make lock      renew the locked dependencies"

demo: .venv/installed
	@$(BIN)/python manage.py demo --port $(PORT)

install: .venv/installed

install-dev: .venv/installed-dev

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; this is " + sys.version.split()[0])'
	@echo "Making the environment in .venv"
	@$(PYTHON) -m venv .venv

.venv/installed: requirements.lock | .venv/bin/python
	@echo "Installing the locked dependencies"
	@$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.lock
	@touch $@

.venv/installed-dev: requirements-dev.lock .venv/installed
	@echo "Installing the tools for tests"
	@$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-dev.lock
	@touch $@

test: lint types unit services browser

lint: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djade --check $$(git ls-files 'templates/*.html')
	$(BIN)/lint-imports

types: .venv/installed-dev
	$(BIN)/mypy
	$(BIN)/python manage.py makemigrations --check --dry-run

unit: .venv/installed-dev
	$(BIN)/pytest -m "not browser and not long" -n 3 --dist loadgroup -p no:playwright -p no:base_url

# The data layer again on a real PostgreSQL and Redis, where both answer. CI sets REQUIRE_SERVICES.
services: export DATABASE_URL = $(TEST_DATABASE_URL)
services: export CACHE_URL = $(TEST_CACHE_URL)
services: .venv/installed-dev
	@if $(BIN)/python -m tests.services_answer; \
	then $(DATA_LAYER) tests/calls tests/ingest tests/api && env -u CACHE_URL $(DATA_LAYER) tests/services tests/audit; \
	elif [ -z "$(REQUIRE_SERVICES)" ]; then echo "The tests on PostgreSQL and Redis are left out."; \
	else exit 1; fi

# Redis keeps its own time, so tests that move the clock take PostgreSQL alone.
DATA_LAYER := $(BIN)/pytest -m "not browser and not long" -n 2 -p no:playwright -p no:base_url

browser: .venv/installed-dev
	@PYTHON=$(BIN)/python sh tests/browser/install-chromium.sh
	$(BIN)/pytest -m "browser and not long" tests/browser

# One file is one process's, so that servers which a file starts meet no second of their kind.
test-long: export HYPOTHESIS_PROFILE = long
test-long: .venv/installed-dev
	$(BIN)/pytest -m "long and not browser" -n 2 --dist loadfile --durations=0 -p no:playwright -p no:base_url

bench: .venv/installed
	@$(BIN)/python manage.py sentry_bench
	@echo
	@$(BIN)/python -m tests.bench.truth
	@echo
	@$(BIN)/python -m tests.bench.viewers
	@echo
	@$(BIN)/python -m tests.bench.calls
	@echo
	@$(BIN)/python -m tests.bench.deliveries

lock:
	uv pip compile pyproject.toml $(LOCK) --output-file requirements.lock
	uv pip compile pyproject.toml $(LOCK) --group dev --group browser --constraints requirements.lock --output-file requirements-dev.lock

LOCK := --universal --python-version 3.11 --all-extras --generate-hashes --no-header \
	--no-emit-index-url --no-emit-find-links --upgrade --quiet

clean:
	rm -rf .venv data staticfiles .mypy_cache .pytest_cache .ruff_cache .hypothesis
