# exporter: every target sets up what it needs; on a machine that has it all, nothing is installed.
# `make help` lists the targets.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
OUT    ?= out

.DEFAULT_GOAL := help
.PHONY: help demo test lint unit conformance golden bench bench-epub bench-library scoreboard wheel clean system

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.ready ## PDF, EPUB and text of the articles in input/, written to out/
	@$(BIN)/exporter export input --title "The harbour digest" --subtitle "Spring and summer 2024" -o $(OUT)
	@echo "The digests are in $(OUT)/: open $(OUT)/digest.pdf"

test: lint unit ## linters, types, import contracts and all tests

lint: $(VENV)/.tests-ready ## ruff, mypy --strict and the import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

unit: $(VENV)/.tests-ready ## the tests
	$(BIN)/pytest -n auto --dist worksteal

conformance: $(VENV)/.tests-ready ## whole editions of real material in every style, through all checkers: some minutes
	$(BIN)/pytest -m conformance -n auto --dist worksteal

golden: $(VENV)/.tests-ready ## write the stored results of the tests anew: look at the difference before you commit
	$(BIN)/pytest --rewrite-goldens

bench: $(VENV)/.bench-ready ## time and memory of the PDF press, beside others: make bench ARGS="--articles 1000"
	$(BIN)/python -m tests.bench.pdf $(ARGS)

scoreboard: $(VENV)/.tests-ready ## how well web pages are read, beside trafilatura: make scoreboard ARGS="fundus --worst 5"
	$(BIN)/python -m tests.scoreboard $(ARGS)

bench-epub: $(VENV)/.bench-ready ## time and memory of EPUB, beside zip, pandoc, calibre: make bench-epub ARGS="--articles 1000"
	$(BIN)/python -m tests.bench.epub $(ARGS)

bench-library: $(VENV)/.bench-ready ## how fast articles come into a library, and how fast it answers: make bench-library ARGS="--articles 100000"
	$(BIN)/python -m tests.bench.library $(ARGS)

wheel: $(VENV)/.tests-ready ## build the wheel into dist/
	$(BIN)/python -m build --wheel --no-isolation

clean: ## remove what make made
	rm -rf $(VENV) $(OUT) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis

# -- set-up ----------------------------------------------------------------------------

system:
	@sh .ci/system-libraries

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "exporter needs Python 3.11 or newer; name one: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || sh .ci/system-libraries venv
	$(PYTHON) -m venv $(VENV)

$(VENV)/.ready: pyproject.toml constraints.txt $(VENV)/bin/python | system
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.tests-ready: $(VENV)/.ready
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[test]"
	@touch $@

$(VENV)/.bench-ready: $(VENV)/.ready
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[bench]"
	@touch $@
