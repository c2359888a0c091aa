# All the set-up is in scripts/bootstrap.py, which needs nothing but Python 3.11 or newer.
PYTHON ?= python3
export PORT VENV

bootstrap = @command -v $(PYTHON) >/dev/null 2>&1 || { \
	echo "evalkit: there is no $(PYTHON) here. Install Python 3.11 or newer, or name it: make PYTHON=/path/to/python3 $@" >&2; \
	exit 1; }; exec $(PYTHON) scripts/bootstrap.py

.DEFAULT_GOAL := help
.PHONY: help run test lint install requirements clean

help: ## show what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## set up and start the app on http://127.0.0.1:8501 (PORT=8502, DATABASE_URL=... to change)
	$(bootstrap) run

test: ## set up and run the tests (ARGS="tests/db -k people" for some of them)
	$(bootstrap) test $(ARGS)

lint: ## check style, format and types
	$(bootstrap) lint

install: ## only set up, with everything for development
	$(bootstrap) install

requirements: ## pin requirements*.in anew, after changing them
	$(bootstrap) install
	.venv/bin/python -m pip install --quiet pip-tools
	for name in requirements requirements-dev; do \
		.venv/bin/pip-compile --quiet --strip-extras --no-emit-options --no-emit-index-url \
			--no-emit-trusted-host --annotation-style=line --output-file=$$name.txt $$name.in; \
	done

clean: ## remove the environment and caches; the database in data/ stays
	$(bootstrap) clean
