# Two commands are enough on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
UV := $(shell command -v uv 2>/dev/null)

ifdef UV
VENV = uv venv --quiet --allow-existing --python $(PYTHON) .venv
INSTALL = uv pip install --quiet --python $(BIN)/python
else
VENV = $(PYTHON) -m venv .venv
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check
endif

.PHONY: demo test check format lock bench catalogs clean

demo: .venv/run
	$(BIN)/backcast demo

test: .venv/dev
	$(BIN)/python -m pytest

check: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: .venv/dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Rebuild the hashed requirements from pyproject.toml (needs uv and the network).
lock:
	uv lock --quiet --upgrade
	uv export --quiet --no-header --frozen --no-emit-project --no-default-groups --group build -o requirements/run.txt
	uv export --quiet --no-header --frozen --no-emit-project --no-default-groups --group build --group dev -o requirements/dev.txt
	rm uv.lock

# A province as a whole process: seconds and memory. Forecasts on real registers: how right they were. Printed, never tested.
bench: .venv/dev
	$(BIN)/python benchmarks/province.py
	$(BIN)/python benchmarks/forecasts.py

# Gather the strings of the code into locale/ and compile the two catalogues.
catalogs: .venv/dev
	$(BIN)/python tools/catalogs.py

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

.venv/run: requirements/run.txt pyproject.toml
	$(VENV)
	$(INSTALL) --require-hashes -r requirements/run.txt
	$(INSTALL) --no-build-isolation --no-deps -e .
	touch $@

.venv/dev: requirements/dev.txt pyproject.toml
	$(VENV)
	$(INSTALL) --require-hashes -r requirements/dev.txt
	$(INSTALL) --no-build-isolation --no-deps -e .
	touch $@
