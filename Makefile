.PHONY: chat test setup bench screenshots clean

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
	$(RUN) pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch .venv/ready-dev

test: .venv/ready-dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	mkdir -p .mp && ln -sfn .. .mp/ayllu
	MYPYPATH=.mp .venv/bin/mypy --strict --explicit-package-bases -p ayllu
	.venv/bin/lint-imports
	.venv/bin/pytest

# The picture in the README, taken of the program itself.
screenshots: .venv/ready-dev
	.venv/bin/python docs/screenshots.py

bench: .venv/ready-dev
	$(RUN) ayllu.benchmarks.start
	$(RUN) ayllu.benchmarks.backend
	$(RUN) ayllu.benchmarks.critic
