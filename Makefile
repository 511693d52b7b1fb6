# What each target runs on Windows stands in README.md.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test lint bench fuzz clean

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.dev: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "pip>=25.1"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[all]" --group dev
	@touch $@

$(VENV)/.proxy: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[proxy]"
	@touch $@

demo: $(STAMP)  ## mask the example export, show it, give it back, compare; then a database behind the proxy
	$(BIN)/python examples/case-export/demo.py
	@$(MAKE) --no-print-directory $(VENV)/.proxy
	$(BIN)/python examples/proxy-demo/proxy_demo.py

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint  ## everything CI runs
	$(BIN)/python -m pytest -n auto --dist loadgroup

bench: $(VENV)/.dev  ## figures and ratios; nothing fails on a time
	$(BIN)/python tests/benchmarks/run.py

fuzz: $(VENV)/.dev  ## the long sweeps
	$(BIN)/python -m pytest -m slow -o addopts="--import-mode=importlib"

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
