# The front door. `make help` lists what there is; the README tells more. Paths are relative, so any folder will do.
.DEFAULT_GOAL := help
.PHONY: demo reports test test-full bench lab serve help setup lock clean

PYTHON := .venv/bin/python
VOC := $(PYTHON) -m voc_lib

# Narrow a run: make reports BRANCH=BJ MONTH=2013-05 (several: BRANCH="BJ TJ"); JOBS is how many notebooks run at once.
BRANCH :=
MONTH :=
JOBS := 2
PORT := 8000
RUN_OPTIONS = $(foreach code,$(BRANCH),--branch $(code)) $(foreach month,$(MONTH),--month $(month)) --jobs $(JOBS)
# Fixed, so that the demo gives the same tables everywhere. Your own exports get a secret of their own (data/state/).
DEMO_KEY := demo-data-only-never-for-real-exports

demo: BRANCH := BJ TJ HE
demo: setup ## Set everything up, make demo data, run every branch and month, render, build the index.
	@$(VOC) demo data/raw --branches 6
	@VOC_CUSTOMER_KEY=$(DEMO_KEY) $(VOC) run $(RUN_OPTIONS)

reports: setup ## The same on your own exports in data/raw; BRANCH=BJ MONTH=2013-05 narrow it, JOBS=2 sets the pace.
	@$(PYTHON) -m voc_lib.demo check data/raw
	@$(VOC) run $(RUN_OPTIONS)

test: setup ## Set everything up, check style and types, run the tests with a small end-to-end run.
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	$(PYTHON) -m pytest -m "not full"

test-full: setup ## All of test, and the tests that take minutes: every branch and month of the shared exports.
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	$(PYTHON) -m pytest

bench: setup ## Run the benchmarks and write their ratios to benchmarks/results.md.
	$(PYTHON) -m benchmarks.run

lab: setup ## Open the notebooks in JupyterLab; Run All reads the official tables and writes to data/scratch/.
	$(PYTHON) -m jupyterlab notebooks

serve: setup ## Serve the rendered site of output/ on http://127.0.0.1:8000 (PORT=8000), to this machine only.
	$(PYTHON) -m http.server $(PORT) --bind 127.0.0.1 --directory output

help: ## Show this list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: ## Make or refresh the environment: packages, system libraries, kernel, models; quick when nothing changed.
	@sh scripts/setup.sh

lock: setup ## Write requirements.lock anew from pyproject.toml: every package pinned, with hashes, for every Python.
	$(PYTHON) -m uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --no-emit-index-url \
		--extra dev --output-file requirements.lock pyproject.toml

clean: ## Take away what runs have made: demo data, tables, reports, caches; never your exports, labels or decisions.
	@sh scripts/clean.sh
