"""The chat without a terminal: each line of stdin a question; with an empty stdin, the sample question."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from ..errors import AylluError
from . import asking, render
from .ask import SAMPLE_NOTE
from .compose import Parts


def run(parts: Parts) -> int:
    """Ask every line in one conversation; a question that fails is reported, and the next one goes on."""
    from ..retrieval import SAMPLE_QUESTION, load_sample

    questions = list(_lines())
    if questions:
        where, sample = parts.collection()
    else:
        questions, where, sample = [SAMPLE_QUESTION], load_sample(parts.library), True
        parts.output.note("Nothing was asked on stdin, so here is a sample question.")
    if sample:
        parts.output.note(SAMPLE_NOTE)
    answers, failed = parts.finish(_ask_all(parts, where, questions))
    parts.output.result({"answers": answers, "sample": sample})
    return 1 if failed else 0


async def _ask_all(parts: Parts, where: str, questions: list[str]) -> tuple[list[dict[str, Any]], int]:
    session = parts.session(where)
    answers: list[dict[str, Any]] = []
    failed = 0
    for question in questions:
        parts.output.say(f"> {question}", "bold")
        try:
            answer = await asking.answer(session, question, parts.output)
        except AylluError as error:
            if error.exit_code == 130:
                raise
            failed += 1
            answers.append({"question": question, **error.to_json()})
            parts.output.note(f"Error: {error.message} {error.hint}")
            continue
        answers.append(answer.to_json())
        render.answer(parts.output, answer)
        parts.output.say()
    return answers, failed


def _lines() -> Iterator[str]:
    if sys.stdin is None or sys.stdin.closed:
        return
    for line in sys.stdin:
        if line.strip():
            yield line.strip()
