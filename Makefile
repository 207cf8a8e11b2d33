# make run: everything from a fresh clone to the running app. make test: the whole suite. make check: before every commit.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Processes of the tests; each has a server of its own for the browser, about 2 GB.
WORKERS ?= 2
# The Python of a GPU box that has a torch of its own, for make gpu-check.
BOX ?=
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: run test check lint audit models bench e2e screenshots mutants gpu-check clean

run: $(VENV)/app.done models
	$(BIN)/python -m app.server

test: $(VENV)/dev.done models
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

# Every product whole, of which make test takes a share that differs from commit to commit.
test-all: export WHOLE = 1
test-all: test

check: lint audit $(VENV)/dev.done
	$(BIN)/python -m pytest -m "not browser"

lint: $(VENV)/dev.done
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

audit: $(VENV)/dev.done
	$(BIN)/python -m tests.audit

models: $(VENV)/app.done
	$(BIN)/python -m nlpcore.models fetch

e2e: $(VENV)/dev.done models
	$(BIN)/python -m pytest -m browser -n $(WORKERS) --dist loadgroup

bench: $(VENV)/dev.done models
	$(BIN)/python -m tests.bench

# make mutants ARGS="--since main~5": faults only where something changed. make mutants ARGS="--only app,pages".
mutants: $(VENV)/dev.done models
	$(BIN)/python -m tests.mutants --workers $(WORKERS) $(ARGS)

# At most four minutes on a new box, also with a Python and a torch of its own: make gpu-check BOX=python3.12
gpu-check: $(if $(BOX),,$(VENV)/app.done)
	$(or $(BOX),$(BIN)/python) -m tests.gpu $(ARGS)

screenshots: $(VENV)/dev.done models
	$(BIN)/python -m tests.e2e.screenshots

$(VENV)/app.done: requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; assert (3, 11) <= sys.version_info[:2] <= (3, 13), "Python 3.11, 3.12 or 3.13 is needed: make PYTHON=python3.12"'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --progress-bar on -r requirements.txt
	$(BIN)/python -m pip install --no-deps --quiet -e .
	@touch $@

$(VENV)/dev.done: requirements-dev.txt $(VENV)/app.done
	$(BIN)/python -m pip install --progress-bar on -r requirements-dev.txt
	@touch $@

clean:
	rm -rf $(VENV) build screenshots .pytest_cache .mypy_cache .ruff_cache
