"""The chat without a terminal: each line of stdin a question; with an empty stdin, the sample question."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from ..errors import AylluError, UsageError
from . import asking, render
from .ask import SAMPLE_NOTE
from .compose import Parts


def run(parts: Parts, *, collection: str | None = None, **options: Any) -> int:
    """Ask every line, as it comes, in one conversation; a question that fails is reported, and the next one goes on.

    The options are those of `ChatSession`. Returns 1 where a question failed.
    """
    parts.prepare(chat=True)
    lines = _lines()
    first = next(lines, None)
    if first is None:
        return _sample(parts, options)
    where, sample = parts.collection(collection)
    if sample:
        parts.output.note(SAMPLE_NOTE)
    session = parts.session(where, **options)
    answers = [_one(parts, session, first), *(_one(parts, session, line) for line in lines)]
    parts.output.result({"answers": answers, "sample": sample})
    return 1 if any("error" in answer for answer in answers) else 0


def _sample(parts: Parts, options: dict[str, Any]) -> int:
    from ..retrieval import SAMPLE_QUESTION, load_sample

    parts.output.note("Nothing was asked on stdin, so here is a question about the sample documents.")
    session = parts.session(load_sample(parts.library), **options)
    answer = _one(parts, session, SAMPLE_QUESTION)
    parts.output.result({"answers": [answer], "sample": True})
    return 1 if "error" in answer else 0


def _one(parts: Parts, session: Any, question: str) -> dict[str, Any]:
    """The answer as JSON, or the failure beside its question."""
    parts.output.say(f"> {question}", "bold")
    try:
        answer = parts.run(asking.answer(session, question, parts.output))
    except AylluError as error:
        if error.exit_code == 130:
            raise
        parts.output.note(f"Error: {error.message} {error.hint}", "red")
        return {"question": question, **error.to_json()}
    render.answer(parts.output, answer)
    parts.output.say()
    return answer.to_json()


def _lines() -> Iterator[str]:
    if sys.stdin is None or sys.stdin.closed:
        return
    try:
        for line in sys.stdin:
            if line.strip():
                yield line.strip()
    except UnicodeDecodeError as error:
        raise UsageError(
            "The questions on stdin are not UTF-8 text.", hint="Convert them, for instance with `iconv`."
        ) from error
