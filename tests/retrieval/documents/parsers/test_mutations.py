"""Damaged files of all formats: read as far as they go or refused in one line, within bounds of time and memory."""

import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from ayllu.retrieval.documents.parsers import Unreadable, parse

from .mutations import SECONDS, mutated
from .samples import SAMPLES

MEMORY = 1_000_000_000  # bytes, of a process that reads hundreds of damaged files, one after another


@pytest.mark.parametrize("name", SAMPLES)
def test_the_sample_of_a_format_is_read(name: str) -> None:
    assert parse(name, SAMPLES[name]).text.strip()


@pytest.mark.parametrize("name", SAMPLES)
def test_a_damaged_file_is_read_or_refused(name: str) -> None:
    for content in mutated(SAMPLES[name], 6):
        with suppress(Unreadable):
            parsed = parse(name, content)
            assert all(0 <= block.start < block.end <= len(parsed.text) for block in parsed.blocks)


@pytest.mark.parametrize("count", [pytest.param(60, marks=pytest.mark.slow), pytest.param(500, marks=pytest.mark.soak)])
@pytest.mark.parametrize("name", SAMPLES)
def test_hundreds_of_damaged_files_stay_within_bounds(name: str, count: int) -> None:
    program = [sys.executable, str(Path(__file__).with_name("mutations.py")), name, str(count), "33"]
    process = subprocess.run(program, input=SAMPLES[name], capture_output=True, check=True)
    report = json.loads(process.stdout)
    assert report["raised"] == []
    assert report["slowest_s"] < SECONDS
    assert report["memory_bytes"] < MEMORY
