# Every target does its own set-up in .venv; Python 3.11 or newer is all that a machine needs.

PYTHON ?= python3
JOBS ?= 2
ADDRESS ?= 127.0.0.1
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: run test lint bench browser clean help

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /make \1\t/'

run: $(VENV)/ready  ## open the app at http://127.0.0.1:8501
	$(BIN)/python -m streamlit run app.py --server.address $(ADDRESS)

test: $(VENV)/ready-to-test browser  ## run every test, with ruff, mypy and a real browser
	$(BIN)/python -m pytest -n $(JOBS) --dist loadgroup

lint: $(VENV)/ready-to-test  ## check style and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

bench: $(VENV)/ready-to-test browser  ## run the benchmarks and print one table
	$(BIN)/python -m benchmarks

browser: $(VENV)/ready-to-test  ## find Chromium, or get it
	@$(BIN)/python -m tests.browser

clean:  ## remove everything that was set up or cached
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version.split()[0] + "; run make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/ready: requirements.txt | $(BIN)/python
	$(PIP) -r requirements.txt
	@touch $@

$(VENV)/ready-to-test: requirements-dev.txt $(VENV)/ready
	$(PIP) -r requirements-dev.txt
	@touch $@
