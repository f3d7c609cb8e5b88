"""What an earlier version wrote, in the present form: the one place that knows the old ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..text import safe
from .version import VERSION

_ANSWER: Mapping[str, Any] = {
    "answer": "",
    "short": "",
    "kind": "imported",
    "evidence": [],
    "citations": [],
    "passages": [],
    "requested_backend": "",
    "warnings": [],
    "timings": {},
}


def upgrade(row: Mapping[str, Any]) -> dict[str, Any]:
    """`row` as this version would have written it.

    Raises:
        ValueError: a later version wrote it.
        KeyError, TypeError, AttributeError: it was never an exchange.
    """
    version = row.get("version", 1)
    if version == VERSION:
        return dict(row)
    if version == 2:  # what it does not have, nobody knows
        return {**row, "version": VERSION}
    if version != 1:
        raise ValueError(f"version {version!r}")
    return _from_0_1_0(row)


def _from_0_1_0(row: Mapping[str, Any]) -> dict[str, Any]:
    """From 0.1.0, which wrote down neither who asked nor the candidates, and numbered passages as they were retrieved."""
    sampling = row.get("sampling", {})
    old = row.get("answer", {})
    answer = {
        **_ANSWER,
        "question": safe(row["question"]),
        **{name: row.get(name, "") for name in ("backend", "model", "message_id", "session_id")},
        "adapter": row.get("adapter"),
        **old,
        "answerable": sampling.get("answerable", 0.0),
    }
    style = sampling.get("style") or ("prose" if any("role" in prompt for prompt in row["messages"]) else "span")
    file = sampling.get("file")
    return {
        "question": row["question"],
        "answer": answer,
        "created_at": row.get("created_at", ""),
        "person": "",
        "query": sampling.get("query") or row["question"],
        "style": style,
        "team": sampling.get("team", ""),
        "messages": list(row["messages"]),
        "passages": _marked_as_shown(row["passages"], answer["passages"]),
        "candidates": [],
        "sampling": {name: sampling.get(name) for name in ("temperature", "max_tokens", "seed")},
        "versions": {},
        "origin": {"file": file, "line": sampling.get("line", 0)} if file is not None else None,
        "version": VERSION,
    }


def _marked_as_shown(passages: Sequence[Mapping[str, Any]], shown: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The passages, each with the mark that it had on screen: cited ones were numbered first, by their first use.

    Where nothing was shown (an imported question), the numbers are the file's own and stay. A passage that is not among
    those shown comes after all of them, so that no mark names two.
    """
    marks: dict[tuple[str, int | None, str], list[int]] = {}
    for citation in shown:
        marks.setdefault((citation["source"], citation["page"], citation["text"]), []).append(citation["n"])
    after = max((citation["n"] for citation in shown), default=0)
    marked = []
    for passage in passages:
        free = marks.get((safe(passage["source"]), passage["page"], safe(passage["text"])))
        if free:
            n = free.pop(0)
        elif shown:
            n = after = after + 1
        else:
            n = passage["n"]
        marked.append({**passage, "n": n})
    return marked
