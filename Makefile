# `make` alone lists the goals.
.DEFAULT_GOAL := help
.PHONY: help dev run style check test bench chaos prompts clean
PYTHON := .venv/bin/python

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

dev: ## only the set-up: virtual env, private Asterisk, pages, prompts
	@setup/dev.sh

run: ## everything from a bare checkout, then runs; Ctrl-C stops all it started
	@setup/dev.sh settings python data core asterisk espeak pages prompts core_wait
	@exec setup/run.sh

style: dev ## style, types and imports, in seconds
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

check: style ## the same and the unit tests, about a minute
	@YINGDA_PROPERTIES=quick $(PYTHON) -m pytest -q tests/unit

test: dev ## all tests: unit, database, real calls, browser; installs test tools where it may
	@setup/test-tools.sh
	@$(PYTHON) setup/test_all.py

bench: dev ## speed and truth, side by side with theory and other ways; some minutes
	@setup/test-tools.sh || true
	@$(PYTHON) -m bench

chaos: dev ## break everything on purpose and count what is lost; hours, for a night
	@setup/test-tools.sh || true
	@$(PYTHON) -m tests.chaos

prompts: dev ## make the spoken prompts again from their texts
	@setup/dev.sh espeak
	@$(PYTHON) -m speech.prompts.make

clean: ## forget what was built; recordings, journal, database and downloads stay
	@rm -rf var/stamps var/node var/prompts/zh var/prompts/en var/asterisk var/compiled web/pages web/ui/node_modules
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
