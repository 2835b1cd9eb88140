# The front door. `make help` lists what there is; the README tells more. Paths are relative, so any folder will do.
.DEFAULT_GOAL := help
.PHONY: demo reports test test-full bench lab serve help setup lock clean

# What set-up fills and every target uses: .venv, or the conda environment of environment.yml while that is active.
# (Another matter is the interpreter that .venv is made with: make setup PYTHON=python3.12.)
export VOC_ENVIRONMENT := $(or $(VOC_ENVIRONMENT),$(if $(filter voc-report,$(CONDA_DEFAULT_ENV)),$(CONDA_PREFIX),.venv))
OURS := "$(VOC_ENVIRONMENT)/bin/python"
VOC := $(OURS) -m voc_lib

# Narrow a run: make reports BRANCH=BJ MONTH=2013-05 (several: BRANCH="BJ TJ"); JOBS is how many notebooks run at once.
BRANCH :=
MONTH :=
JOBS := 2
PORT := 8000
# In a container one often is root, as whom JupyterLab starts only if told to.
LAB_OPTIONS = $(if $(filter 0,$(shell id -u)),--allow-root)
RUN_OPTIONS = $(foreach code,$(BRANCH),--branch $(code)) $(foreach month,$(MONTH),--month $(month)) --jobs $(JOBS)
# Fixed, so that the demo gives the same tables everywhere. Your own exports get a secret of their own (data/state/).
DEMO_KEY := demo-data-only-never-for-real-exports

demo: setup ## Set everything up, make demo data, run every branch and month of it, render, build the index.
	@$(VOC) demo data/raw --branches 3
	@VOC_CUSTOMER_KEY=$(DEMO_KEY) $(VOC) run $(RUN_OPTIONS)

reports: setup ## The same on your own exports in data/raw; BRANCH=BJ MONTH=2013-05 narrow it, JOBS=2 sets the pace.
	@$(OURS) -m voc_lib.demo check data/raw
	@$(VOC) run $(RUN_OPTIONS)

test: setup ## Set everything up, check style and types, run the tests with a small end-to-end run.
	$(OURS) -m ruff check .
	$(OURS) -m ruff format --check .
	$(OURS) -m mypy
	$(OURS) -m pytest -m "not full"

test-full: setup ## All of test, and the tests that take minutes: every branch and month of the shared exports.
	$(OURS) -m ruff check .
	$(OURS) -m ruff format --check .
	$(OURS) -m mypy
	$(OURS) -m pytest

bench: setup ## Run the benchmarks and write their ratios to benchmarks/results.md.
	$(OURS) -m benchmarks.run

lab: setup ## Open the notebooks in JupyterLab; Run All reads the official tables and writes to data/scratch/.
	$(OURS) -m jupyterlab $(LAB_OPTIONS) notebooks

serve: setup ## Serve the rendered site of output/ on http://127.0.0.1:8000 (PORT=8000), to this machine only.
	$(OURS) -m http.server $(PORT) --bind 127.0.0.1 --directory output

help: ## Show this list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: ## Make or refresh the environment: packages, system libraries, kernel, models; quick when nothing changed.
	@sh scripts/setup.sh

lock: setup ## Write requirements.lock anew from pyproject.toml: every package pinned, with hashes, for every Python.
	$(OURS) -m uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header --no-emit-index-url \
		--extra dev --output-file requirements.lock pyproject.toml

clean: ## Take away what runs have made: demo data, tables, reports, caches; never your exports, labels or models.
	@sh scripts/clean.sh
