# Two commands are enough on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
UV := $(shell command -v uv 2>/dev/null)

ifdef UV
VENV = uv venv --quiet --allow-existing --python $(PYTHON) .venv
INSTALL = uv pip install --quiet --compile-bytecode --python $(BIN)/python
else
VENV = $(PYTHON) -m venv .venv
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check
endif

.PHONY: demo demo-report test test-postgres test-api check format lock bench bench-full catalogs clean

demo: .venv/run
	$(BIN)/backcast demo

# The same two reports, without a server.
demo-report: .venv/run
	$(BIN)/backcast demo --report-only

test: .venv/dev
	$(BIN)/python -m pytest

# What stands on a database, once more on PostgreSQL; needs Debian's package postgresql and no running server.
test-postgres: .venv/dev
	$(BIN)/python tools/postgres.py $(BIN)/python -m pytest tests/web

# The API, a thousand requests of each operation: half an hour and more. Tests send a few.
test-api: .venv/dev
	BACKCAST_API_EXAMPLES=1000 $(BIN)/python -m pytest --dist load tests/web/api/test_api_fuzz.py

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
	uv export --quiet --no-header --frozen --no-emit-project --no-default-groups --group build --extra web -o requirements/run.txt
	uv export --quiet --no-header --frozen --no-emit-project --no-default-groups --group build --group dev --extra cluster --extra web -o requirements/dev.txt
	uv export --quiet --no-header --frozen --only-group bench -o requirements/bench.txt
	rm uv.lock

# Speed beside other tools, a province as a whole process, and how right forecasts were. Printed, never tested.
# The short one takes minutes; the full one gives slow tools their full size as well. See benchmarks/README.md.
bench: .venv/bench
	$(BIN)/python benchmarks/schedule.py
	$(BIN)/python benchmarks/simulation.py
	$(BIN)/python benchmarks/province.py
	$(BIN)/python benchmarks/what_if.py
	$(BIN)/python benchmarks/pages.py
	$(BIN)/python benchmarks/imports.py --database sqlite
	$(BIN)/python benchmarks/forecasts.py

bench-full: .venv/bench
	$(BIN)/python benchmarks/schedule.py --full
	$(BIN)/python benchmarks/simulation.py --full
	$(BIN)/python benchmarks/province.py
	$(BIN)/python benchmarks/imports.py
	$(BIN)/python benchmarks/country.py --projects 10000 --activities 110 --draws 10000 --threads 2 --least 1000
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

.venv/bench: requirements/bench.txt .venv/dev
	$(INSTALL) --require-hashes -r requirements/bench.txt
	touch $@
