# Needs make and Python 3.11 or newer; everything else goes into .venv, from a lock with hashes.

PYTHON ?= python3
# Test processes. The browser and the servers of the tests want the other cores.
JOBS   ?= 2
# Passed on, as in: make test ARGS="-n 0 -k interval"; make run ARGS="--server.port 9000".
ARGS   ?=

# Not the scripts in .venv/bin: they name an absolute path, and break when the folder moves.
VENV   := .venv/bin/python

.PHONY: help run test lint bench simulate study screenshots lock clean
.DEFAULT_GOAL := help

help: ## show this
	@sed -n 's/^\([a-z]*\):.*## /  make \1: /p' Makefile

run: .venv/requirements.lock ## start the lab (the first time installs; later needs no network)
	$(VENV) -m lib setup
	$(VENV) -m streamlit run app.py $(ARGS)

# The cheap checks first. The browser's tests in processes of their own: Playwright leaves an event
# loop running in its thread, and no other test could start one there. What fails is run once more,
# alone: a press that a redraw swallows on a loaded machine is no fault of the app. A missing
# browser is an error.
test: lint ## everything that must hold before a commit
	$(VENV) -m lib setup
	$(VENV) -m pytest -n $(JOBS) --ignore tests/browser $(ARGS)
	browser=$$($(VENV) tools/find_browser.py --install) && \
	export SAMPLING_LAB_BROWSER="$$browser" && \
	{ $(VENV) -m pytest -n $(JOBS) --dist loadfile tests/browser || \
	$(VENV) -m pytest -n 0 --last-failed --last-failed-no-failures none tests/browser; }

lint: .venv/requirements-dev.lock ## format, style, types, and who imports whom
	$(VENV) -m ruff format --check .
	$(VENV) -m ruff check .
	$(VENV) -m mypy
	$(VENV) .venv/bin/lint-imports --no-logo

bench: .venv/requirements-dev.lock ## speed and memory, as ratios against a floor of the same run
	$(VENV) -m lib setup
	$(VENV) -m benchmarks $(ARGS)

simulate: .venv/requirements-dev.lock ## coverage and false alarms, simulated; writes docs/simulations.md
	$(VENV) -m pytest -n $(JOBS) -m simulate tests/analysis
	$(VENV) -m tools.simulate $(ARGS)

# About half an hour on two free cores: 55,000 calls to the embedded model.
study: .venv/requirements-dev.lock ## the embedded model held against what is computed of it; writes docs
	$(VENV) -m lib setup
	nice -n 15 $(VENV) -m tools.fit_study
	nice -n 15 $(VENV) -m tools.repetition_study

# The copy in .venv is the stamp: it says what is installed. A lock that is newer is installed anew.
# A lock is complete, so pip looks for nothing else.
.venv/requirements.lock .venv/requirements-dev.lock: .venv/%: % | .venv/bin/pip
	$(VENV) -m pip install --disable-pip-version-check --no-deps --require-hashes -r $<
	@cp $< $@

# pip arrives last, so a .venv that was only half made is made again.
.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit( \
	"Sampling Lab needs Python 3.11 or newer; this is %d.%d. " % sys.version_info[:2] + \
	"Install it, or say which: make run PYTHON=python3.12")'
	$(PYTHON) -m venv --clear .venv

# Both are for all systems, and the second is bound by the first: what is tested is what runs.
# Versions stay as they are where the ranges allow it; make lock ARGS=--upgrade takes the newest.
LOCK := $(VENV) -m uv pip compile --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command "make lock" --quiet $(ARGS)

screenshots: .venv/requirements-dev.lock ## make the README's pictures anew, from a real run
	browser=$$($(VENV) tools/find_browser.py --install) && \
	SAMPLING_LAB_BROWSER="$$browser" $(VENV) -m tools.screenshots

lock: | .venv/bin/pip ## write both locks anew from requirements*.txt
	$(VENV) -m pip install --disable-pip-version-check --quiet "uv>=0.13,<1"
	$(LOCK) requirements.txt --output-file requirements.lock
	$(LOCK) --constraint requirements.lock --override requirements-dev-overrides.txt \
		requirements-dev.txt --output-file requirements-dev.lock

clean: ## remove .venv and caches; kept runs and the model live elsewhere and stay
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
