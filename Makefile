# Needs only make and Python >= 3.11: each target makes its own environment in .venv, from the locked versions.

VENV ?= .venv
DATA ?= demo/orders_processed.parquet
E2E ?= e2e
PYTEST ?= -n 2 --dist loadfile
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)

BIN := $(VENV)/bin
# A lock names everything, so nothing is left for pip to resolve; its hash mode stumbles over extras where it tries.
INSTALL := $(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --no-deps
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help demo test e2e serve check bench lock

help:  ## Show what there is to make.
	@sed -nE 's/^([a-z0-9]+):[^#]*## (.*)/  make \1\t\2/p' Makefile | expand -t 18

demo: $(VENV)/.demo  ## Make a sample, choose a model for it, ask ten questions and documents, write demo/index.html.
	@$(BIN)/datacraft demo --out demo

serve: $(VENV)/.ui $(DATA)  ## Serve the page on port 8501: make serve DATA=sales.csv
	@$(BIN)/datacraft serve --data $(DATA)

test: $(VENV)/.dev  ## Run all tests but those that take minutes.
	@$(BIN)/python -m pytest $(PYTEST)

e2e: $(VENV)/.dev  ## Run the tests that take minutes: deployments, images.
	@$(BIN)/python -m pytest $(PYTEST) -m "$(E2E)"

check: $(VENV)/.dev  ## Format, lint, types, layers, dead code, structure and locks.
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/vulture
	$(BIN)/python -m pytest tests/project -k "not shown_commands"

bench: $(VENV)/.dev  ## Run a benchmark; its figures are the last line: make bench NAME=ask
	@test -f "benchmarks/$(NAME).py" || { echo "NAME is one of: $(basename $(notdir $(wildcard benchmarks/*.py)))" >&2; exit 2; }
	@$(BIN)/python benchmarks/$(NAME).py

lock: $(VENV)/.dev  ## Write the locked versions and their hashes anew, after a change of pyproject.toml.
	$(LOCK) --all-extras --group dev -o requirements/dev.txt
	$(LOCK) --extra ui --extra documents -c requirements/dev.txt -o requirements/ui.txt
	$(LOCK) --extra evaluate --extra documents -c requirements/dev.txt -o requirements/demo.txt
	$(LOCK) --extra ui --extra gcp --extra llm --extra otel --extra postgres --extra documents -c requirements/dev.txt \
		-o requirements/image.txt
	$(LOCK) -c requirements/dev.txt -o requirements/base.txt
	$(LOCK:pyproject.toml=) --group build -c requirements/dev.txt -o requirements/build.txt
	$(LOCK:pyproject.toml=) requirements/bigquery-emulator.in -o requirements/bigquery-emulator.txt
	$(LOCK:pyproject.toml=) --no-deps requirements/small-model.in -o requirements/small-model.txt
	$(LOCK) --extra evaluate --extra gcp requirements/airflow.in -c requirements/dev.txt -o requirements/airflow.txt

demo/orders_processed.parquet: | $(VENV)/.base
	@$(BIN)/datacraft sample --out $@

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name it with: make PYTHON=/path/to/python3" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)

# base: the command line and the API; demo: and choosing what answers, and documents; ui: the page, and documents; dev: and all that tests
# and checks need. Each builds on base. Bytecode of our own is made at once; that of libraries as they are used, so that it stays small.
$(VENV)/.base: requirements/base.txt requirements/build.txt pyproject.toml | $(BIN)/python
	$(INSTALL) --require-hashes -r requirements/build.txt -r requirements/base.txt
	$(INSTALL) --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q src
	@touch $@

$(VENV)/.ui: requirements/ui.txt | $(VENV)/.base
	$(INSTALL) --require-hashes -r requirements/ui.txt
	@touch $@

$(VENV)/.demo: requirements/demo.txt | $(VENV)/.base
	$(INSTALL) --require-hashes -r requirements/demo.txt
	@touch $@

$(VENV)/.dev: requirements/dev.txt | $(VENV)/.base
	$(INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@
