# The two doors are `make run` and `make test`; each sets up whatever it needs.
# The work is in valuecalc/__main__.py, so that `python3 -m valuecalc run` does without make.
# ARGS are handed on:  make run ARGS="--port 8001"   make test-unit ARGS="-k payback"

PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)
NO_PYTHON = $(error Python 3.11 or newer is not here: install it or say where it is, as in `make PYTHON=/opt/python/bin/python3 $@`)
SET_UP = $(or $(PYTHON),$(NO_PYTHON)) -m valuecalc
ARGS ?=

CALCULATION = tests/case tests/engine tests/formula tests/schemas
PLAIN = "not browser and not office and not postgres and not processes and not slow"
IN_PARALLEL = --numprocesses=auto --maxprocesses=4 --dist=loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help install run test test-unit test-service test-browser test-office test-store test-long bench lint format types texts lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: ## Make .venv with what the service needs (the other targets do this themselves)
	@$(SET_UP) install $(ARGS)

run: ## Set up and serve on 127.0.0.1; the address is printed
	@$(SET_UP) run $(ARGS)

test: ## Set up and run formatter, linter, type checker and all tests but the slow ones (minutes)
	@$(SET_UP) test $(ARGS)

test-unit: ## Run the tests of the calculation: case, engine, formula, schemas (a minute)
	@$(SET_UP) install dev
	@.venv/bin/pytest $(IN_PARALLEL) -m $(PLAIN) $(CALCULATION) $(ARGS)

test-service: ## Run the tests that need no browser, office program, server or PostgreSQL (minutes)
	@$(SET_UP) install dev
	@.venv/bin/pytest $(IN_PARALLEL) -m $(PLAIN) $(ARGS)

test-browser: ## Run the tests that drive Chromium
	@$(SET_UP) install dev system
	@.venv/bin/pytest -m browser $(ARGS)

test-office: ## Run the tests that open our documents with LibreOffice
	@$(SET_UP) install dev system
	@.venv/bin/pytest -m office $(ARGS)

test-store: ## Run the tests that keep their data in PostgreSQL
	@$(SET_UP) install dev system
	@.venv/bin/pytest -m postgres $(ARGS)

test-long: ## Run the slow tests, which `test` leaves out, with many examples (hours)
	@$(SET_UP) install dev system
	@.venv/bin/pytest $(IN_PARALLEL) -m slow --hypothesis-profile=long $(ARGS)

bench: ## Measure the speed and compare with others; writes bench-results/
	@$(SET_UP) install dev
	@.venv/bin/python -m tests.bench $(ARGS)

lint: ## Look for mistakes and bad habits
	@$(SET_UP) install dev
	@.venv/bin/ruff check . $(ARGS)

format: ## Format the code and mend what the linter can mend
	@$(SET_UP) install dev
	@.venv/bin/ruff check --quiet --fix-only .
	@.venv/bin/ruff format . $(ARGS)

types: ## Check the types
	@$(SET_UP) install dev
	@.venv/bin/mypy $(ARGS)

texts: ## Collect the texts of documents for translators; ARGS="it" begins a new language
	@$(SET_UP) install dev
	@.venv/bin/python -m valuecalc.documents.languages.collecting $(ARGS)

lock: ## Write the hash-locked requirements anew from valuecalc/requirements/*.in
	@$(SET_UP) lock $(ARGS)

clean: ## Remove .venv, caches and builds; never instance/, where the data is
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
