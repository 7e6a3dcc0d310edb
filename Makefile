# Every command sets up what it needs in .venv; nothing has to be installed by hand.
PYTHON ?= $(shell command -v python3.11 || command -v python3 || command -v python)
VENV := .venv
PY := $(VENV)/bin/python
export GRADIO_ANALYTICS_ENABLED := False

.DEFAULT_GOAL := help
.PHONY: help setup run test lint format bench bench-serve bench-load bench-train bench-explain bench-quality screenshot lock clean

help:  ## Show the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

setup: $(VENV)/run.done  ## Make the virtual environment and install what running needs

run: $(VENV)/run.done  ## Open the page; trains the demo model on first use
	$(PY) app.py

test: $(VENV)/dev.done $(VENV)/browser.done  ## Run all tests with coverage
	$(PY) -m coverage erase
	$(PY) -m pytest --cov --cov-report=term --numprocesses 2 --dist loadfile --no-loadscope-reorder

lint: $(VENV)/dev.done  ## Check style, types and import rules
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports --no-cache

format: $(VENV)/dev.done  ## Rewrite the code in the project's style
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

bench: bench-train bench-serve  ## Measure training and serving

bench-serve: $(VENV)/dev.done  ## Measure serving; fails where a target is missed
	$(PY) -m tests.benchmarks.serve

bench-load: $(VENV)/dev.done  ## Measure fifty visitors at once; takes seven minutes
	$(PY) -m tests.benchmarks.load

bench-train: $(VENV)/dev.done  ## Measure training rows a second against a naive model
	$(PY) -m tests.benchmarks.train

bench-explain: $(VENV)/dev.done  ## Measure whether explanations name the fields that matter
	$(PY) -m tests.benchmarks.explain

bench-quality: $(VENV)/dev.done  ## Measure the models against their bars on ML-1M; takes hours
	$(PY) -m tests.benchmarks.quality $(if $(DATA),--data "$(DATA)")

screenshot: $(VENV)/dev.done $(VENV)/browser.done  ## Make the README's pictures of the page, and those that tests compare
	$(PY) -m tests.screenshot
	RENEW_PICTURES=1 $(PY) -m pytest -q tests/end_to_end/test_pictures.py

lock: $(VENV)/dev.done  ## Pin requirements anew from pyproject.toml and space/requirements.txt
	$(VENV)/bin/uv pip compile -q pyproject.toml --extra space --extra training --extra hub \
		--constraints space/requirements.txt --universal --python-version 3.11 \
		--custom-compile-command "make lock" -o requirements.txt
	$(VENV)/bin/uv pip compile -q pyproject.toml --extra dev --constraints requirements.txt \
		--universal --python-version 3.11 --custom-compile-command "make lock" \
		-o tests/requirements.txt

clean:  ## Remove the virtual environment and all caches
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage*

$(VENV)/venv.done:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/run.done: $(VENV)/venv.done requirements.txt
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/dev.done: $(VENV)/run.done tests/requirements.txt
	$(PY) -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	touch $@

$(VENV)/browser.done: $(VENV)/dev.done tests/browser.py
	$(PY) -m tests.browser
	touch $@
