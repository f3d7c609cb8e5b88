.PHONY: test setup

PYTHON ?= python3

setup: .venv/ready

.venv/ready: pyproject.toml
	"$(PYTHON)" -m venv .venv
	.venv/bin/python -m pip install --quiet --upgrade pip
	.venv/bin/python -m pip install --quiet --editable '.[dev]'
	touch .venv/ready

test: setup
	.venv/bin/ruff check .
	mkdir -p .mp && ln -sfn .. .mp/ayllu
	MYPYPATH=.mp .venv/bin/mypy --strict --explicit-package-bases -p ayllu
	.venv/bin/pytest
