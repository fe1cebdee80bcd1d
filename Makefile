# Two commands are enough: `make run` and `make test`. `make help` lists the others.

VENV ?= .venv
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
ifeq ($(PYTHON),)
PYTHON := python3
endif
BIN := $(VENV)/bin
FLASK := $(BIN)/python -m flask --app app
STEPS := $(BIN)/python -m scripts.steps
export PYTHONUNBUFFERED := 1
# Whoever turned Python's compiled files off pays a third of a second at every start of every process here.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run dev test slow check kill fix i18n demo pins vendor screenshots audit clean venv venv-dev

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: venv ## install what is missing, migrate, tell the demo story on the first start, serve on port 8000
	@$(FLASK) serve

dev: venv-dev ## the same with automatic reload and the debugger, for this machine only
	@$(FLASK) serve --reload

test: venv-dev ## everything: lint, types, all tests on SQLite and PostgreSQL, journeys in a real browser
	@$(STEPS) test

check: venv-dev ## the fast part: lint, format, types, imports, templates, rules (under 15 s)
	@$(STEPS) check

slow: venv-dev ## the tests that take minutes: a thousand races of the last ballot, twenty kills
	@$(STEPS) slow

kill: venv-dev ## twenty kill -9 of the whole server in a minute of check-ins and pick-ups, on both databases
	@ENGAGE_TEST_DATABASES=sqlite,postgresql $(BIN)/python -m pytest -s -m slow tests/resilience

fix: venv-dev ## let ruff put right what it can
	@$(BIN)/python -m ruff check --fix --quiet . ; $(BIN)/python -m ruff format --quiet .

i18n: venv-dev ## bring the English catalogues in step with the Chinese sentences
	@$(FLASK) i18n update

demo: venv ## put the demo story into the database, if it is not there yet
	@$(FLASK) db upgrade
	@$(FLASK) demo

pins: venv-dev ## pin the newest versions that work together, with hashes
	@$(BIN)/python -m scripts.pins

vendor: ## write the browser's third-party files again from their packages
	@$(PYTHON) -m scripts.vendor --fetch

screenshots: venv-dev ## take the pictures of docs/screenshots from the demo story
	@$(BIN)/python -m scripts.screenshots

audit: venv-dev ## look the pinned packages up in the list of known vulnerabilities
	@$(BIN)/python -m pip_audit --require-hashes --disable-pip -r requirements.txt

clean: ## remove caches and the virtual environment; data in var/ stays
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis test-results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

venv:
	@$(PYTHON) scripts/venv.py $(VENV) requirements.txt

venv-dev:
	@$(PYTHON) scripts/venv.py $(VENV) requirements.txt requirements-dev.txt
