.PHONY: chat setup setup-tgi test test-all test-gpu test-tgi lint bench soak screenshots

PYTHON ?= python3
RUN = .venv/bin/python -m
DEV = .venv/ready-dev
TGI = .venv-tgi/ready

# What the person types first: sets everything up, then talks.
chat: setup
	.venv/bin/ayllu chat

setup: .venv/ready

.venv/ready: pyproject.toml constraints.txt
	"$(PYTHON)" -m venv .venv
	$(RUN) pip install --quiet --upgrade pip
	$(RUN) pip install --quiet --constraint constraints.txt --editable .
	touch .venv/ready

$(DEV): .venv/ready
	$(RUN) pip install --quiet --constraint constraints.txt --editable '.[dev,train]'
	touch $(DEV)

# An environment of its own: TGI's client and transformers 5 want different versions of huggingface-hub.
setup-tgi: $(TGI)

$(TGI): pyproject.toml constraints-tgi.txt
	"$(PYTHON)" -m venv .venv-tgi
	.venv-tgi/bin/python -m pip install --quiet --upgrade pip
	.venv-tgi/bin/python -m pip install --quiet --constraint constraints-tgi.txt --editable '.[tgi,test]'
	touch $(TGI)

# What holds at every change, in minutes: no model, and no host but this one. First what needs one core each, side by side.
test: $(DEV) $(TGI)
	$(MAKE) --jobs=2 lint test-tgi
	.venv/bin/pytest --numprocesses=2 --dist=loadfile -m "not (model or slow or soak or gpu or tgi)"

test-tgi: $(TGI)
	.venv-tgi/bin/python -m pytest -m "not (model or slow)" tests/backends/tgi tests/models/test_downloads.py
	.venv-tgi/bin/python -m pytest -m "tgi and not (model or slow)" tests/backends/test_conformance.py

# The rest: the real default models (pulled where they are missing), training, kills, the wheel in a fresh environment.
test-all: $(DEV) $(TGI)
	.venv-tgi/bin/python -m pytest -m "tgi and (model or slow)" tests/backends/test_conformance.py
	.venv/bin/pytest -m "(model or slow) and not (soak or gpu or tgi)"

# What needs an NVIDIA GPU; where there is none, each test says so and is skipped.
test-gpu: $(DEV)
	.venv/bin/pytest -m gpu -rs

lint: $(DEV)
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	mkdir -p .mp && ln -sfn .. .mp/ayllu
	MYPYPATH=.mp .venv/bin/mypy --strict --explicit-package-bases -p ayllu
	MYPYPATH=.mp .venv/bin/mypy --strict examples/ayllu-command/ayllu_command.py
	.venv/bin/lint-imports

# The picture in the README, taken of the program itself.
screenshots: $(DEV)
	.venv/bin/python docs/screenshots.py

# Ratios and figures of this machine; each says what it should reach. Those on question sets take a file: see docs/evaluation.md.
bench: $(DEV)
	.venv/bin/python benchmarks/start.py
	.venv/bin/python benchmarks/backend.py
	.venv/bin/python benchmarks/servers.py
	.venv/bin/python benchmarks/slots.py
	.venv/bin/python benchmarks/threads.py
	.venv/bin/python benchmarks/evidence.py
	.venv/bin/python benchmarks/follow_up.py
	.venv/bin/python benchmarks/in_process.py
	.venv/bin/python benchmarks/training.py

# Kills, concurrent writers and whole improvements, in full; the tests do a few of each.
soak: $(DEV)
	.venv/bin/python benchmarks/soak_ingest.py
	.venv/bin/python benchmarks/soak_improve.py
	.venv/bin/python benchmarks/soak_fallback.py
	.venv/bin/pytest -m soak
