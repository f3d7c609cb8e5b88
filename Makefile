.PHONY: chat test lint test-tgi setup setup-tgi bench soak screenshots

PYTHON ?= python3
RUN = .venv/bin/python -m

# What the person types first: sets everything up, then talks.
chat: setup
	.venv/bin/ayllu chat

setup: .venv/ready

.venv/ready: pyproject.toml constraints.txt
	"$(PYTHON)" -m venv .venv
	$(RUN) pip install --quiet --upgrade pip
	$(RUN) pip install --quiet --constraint constraints.txt --editable .
	touch .venv/ready

.venv/ready-dev: .venv/ready
	$(RUN) pip install --quiet --constraint constraints.txt --editable '.[dev,train]'
	touch .venv/ready-dev

# An environment of its own: TGI's client and transformers 5 want different versions of huggingface-hub.
setup-tgi: .venv-tgi/ready

.venv-tgi/ready: pyproject.toml constraints-tgi.txt
	"$(PYTHON)" -m venv .venv-tgi
	.venv-tgi/bin/python -m pip install --quiet --upgrade pip
	.venv-tgi/bin/python -m pip install --quiet --constraint constraints-tgi.txt --editable '.[tgi,test]'
	touch .venv-tgi/ready

# First what needs one core each, side by side; the models' tests take both.
test:
	$(MAKE) --jobs=2 lint test-tgi
	.venv/bin/pytest

lint: .venv/ready-dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	mkdir -p .mp && ln -sfn .. .mp/ayllu
	MYPYPATH=.mp .venv/bin/mypy --strict --explicit-package-bases -p ayllu
	MYPYPATH=.mp .venv/bin/mypy --strict examples/ayllu-command/ayllu_command.py
	.venv/bin/lint-imports

test-tgi: .venv-tgi/ready
	.venv-tgi/bin/python -m pytest tests/backends/tgi tests/models/test_hub.py
	.venv-tgi/bin/python -m pytest tests/backends/test_conformance.py -k tgi

# The picture in the README, taken of the program itself.
screenshots: .venv/ready-dev
	.venv/bin/python docs/screenshots.py

# Ratios and figures of this machine; each says what it should reach. Those on question sets take a file: see docs/evaluation.md.
bench: .venv/ready-dev
	.venv/bin/python benchmarks/start.py
	.venv/bin/python benchmarks/backend.py
	.venv/bin/python benchmarks/servers.py
	.venv/bin/python benchmarks/slots.py
	.venv/bin/python benchmarks/threads.py
	.venv/bin/python benchmarks/evidence.py
	.venv/bin/python benchmarks/follow_up.py
	.venv/bin/python benchmarks/in_process.py
	.venv/bin/python benchmarks/training.py

# Kills and concurrent writers, in full; the tests do a few of each.
soak: .venv/ready-dev
	.venv/bin/python benchmarks/soak_ingest.py
	.venv/bin/python benchmarks/soak_improve.py
	.venv/bin/python benchmarks/soak_fallback.py
