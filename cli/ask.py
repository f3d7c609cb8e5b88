"""`ayllu ask`: one question, one cited answer."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Annotated

import typer

from . import asking, render
from .common import Adapter, Backend, Collection, Passages, Seed, checked_question, from_stdin
from .compose import Parts

SAMPLE_NOTE = "Your library is empty, so this is about the sample documents. Add your own with `ayllu ingest PATH`."


def ask(
    context: typer.Context,
    question: Annotated[
        list[str] | None, typer.Argument(metavar="QUESTION", help="The question; `-` reads it from stdin.")
    ] = None,
    team: Annotated[str | None, typer.Option("--team", help="Which team of agents answers.")] = None,
    backend: Backend = None,
    adapter: Adapter = None,
    session: Annotated[str | None, typer.Option("--session", help="Go on with this conversation.")] = None,
    k: Passages = None,
    seed: Seed = None,
    collection: Collection = None,
) -> None:
    """Ask one question and get an answer with its sources."""
    parts: Parts = context.obj
    words = " ".join(question or [])
    piped = not question and sys.stdin is not None and not sys.stdin.isatty()
    text = checked_question(from_stdin("question") if words == "-" or piped else words)
    parts.given(backend=backend)
    parts.pin(adapter)
    parts.prepare(chat=True)
    where, sample = parts.collection(collection)
    if sample:
        parts.output.note(SAMPLE_NOTE)
    chat = parts.session(where, session_id=session, team=team, passages=k, seed=seed)
    answer = parts.run(asking.answer(chat, text, parts.output))
    if sample:
        answer = replace(answer, warnings=[*answer.warnings, SAMPLE_NOTE])
    parts.output.result(answer.to_json())
    render.answer(parts.output, answer)
