# Every command a person needs. `make demo` shows the product, `make test` proves it.

PYTHON ?= python3
PORT ?= 8000
TEST_DATABASE_URL ?= postgres://postgres@127.0.0.1:5432/postgres
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK = 1
# Compiled once instead of in every process: this halves the time of the tests.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo install install-dev test lint types unit postgres browser bench lock clean

help:
	@echo "make demo      set up and serve the dashboard with demo data (PORT=$(PORT))"
	@echo "make install   make the environment in .venv"
	@echo "make test      lint, types, import contracts, tests, browser tests"
	@echo "make bench     compare the old and the new way of asking Sentry, and measure pages under load"
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

test: lint types unit postgres browser

lint: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djade --check $$(git ls-files 'templates/*.html')
	$(BIN)/lint-imports

types: .venv/installed-dev
	$(BIN)/mypy
	$(BIN)/python manage.py makemigrations --check --dry-run

unit: .venv/installed-dev
	$(BIN)/pytest -m "not browser" -n 3 -p no:playwright -p no:base_url

# The tables again on a real PostgreSQL, where one can be reached.
postgres: export DATABASE_URL = $(TEST_DATABASE_URL)
postgres: .venv/installed-dev
	@if $(BIN)/python -c 'import os, psycopg; psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=2)' 2>/dev/null; \
	then $(BIN)/pytest tests/calls; \
	else echo "No PostgreSQL at $(TEST_DATABASE_URL): the tests on it are left out."; fi

browser: .venv/installed-dev
	@PYTHON=$(BIN)/python sh tests/browser/install-chromium.sh
	$(BIN)/pytest -m browser tests/browser

bench: .venv/installed
	@$(BIN)/python manage.py sentry_bench
	@echo
	@$(BIN)/python -m tests.bench.truth
	@echo
	@$(BIN)/python -m tests.bench.viewers

lock:
	uv pip compile pyproject.toml $(LOCK) --output-file requirements.lock
	uv pip compile pyproject.toml $(LOCK) --group dev --group browser --constraints requirements.lock --output-file requirements-dev.lock

LOCK := --universal --python-version 3.11 --all-extras --generate-hashes --no-header \
	--no-emit-index-url --no-emit-find-links --upgrade --quiet

clean:
	rm -rf .venv data staticfiles .mypy_cache .pytest_cache .ruff_cache .hypothesis
