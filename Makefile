# make run    install what is missing, then serve the page with its embedded default
# make test   install what is missing, then run the tests
# make lint   ruff and mypy        make bench   speed and memory, as ratios in one run
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# PyTorch's own CPU wheels spare gigabytes of CUDA libraries on Linux; where that address does not answer, the plain name is taken.
TORCH_CPU ?= https://download.pytorch.org/whl/cpu
# One thread per test process: with a busy neighbour two torch threads fall to a quarter of their speed.
TEST_ENV := OMP_NUM_THREADS=1 OMP_WAIT_POLICY=passive TOKENIZERS_PARALLELISM=false HF_HUB_OFFLINE=1

.PHONY: run test lint bench clean

run: $(STAMP)
	$(BIN)/zhili serve

test: $(STAMP)
	$(TEST_ENV) $(BIN)/python -m pytest

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(STAMP)
	$(BIN)/python -m eval.bench

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "需要 Python 3.11 或更高版本 (Python >= 3.11 is needed)")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python .ci/torch_cpu.py "$(TORCH_CPU)" constraints.txt
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[dev]"
	touch $@

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache
