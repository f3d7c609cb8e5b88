"""Instructions with their answers: `databricks-dolly-15k` (JSONL of `instruction`, `context`, `response`) and Stanford
Alpaca (JSON or JSONL of `instruction`, `input`, `output`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .entries import BadEntry, Entry, read_entry

_FORMS = (("instruction", "context", "response"), ("instruction", "input", "output"))


def read_instruction(line: int, row: Mapping[str, Any]) -> Entry | BadEntry:
    for question, context, answer in _FORMS:
        if question in row and answer in row:
            return read_entry(line, row[question], row[answer], row.get(context) or None)
    return BadEntry(line, "it has neither `instruction` with `response` or `output`, nor `event_id` with `payload`")
