"""`ayllu search`: passages without a model's words."""

from __future__ import annotations

import time
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..text import one_line
from . import render
from .ask import SAMPLE_NOTE
from .common import Collection, checked_question
from .compose import Parts

if TYPE_CHECKING:
    from ..retrieval import Passage

_EXPLAINED = 50  # how deep each single ranking is looked through for `--explain`


class Mode(StrEnum):
    HYBRID = "hybrid"
    DENSE = "dense"
    KEYWORD = "keyword"


def search(
    context: typer.Context,
    query: Annotated[list[str], typer.Argument(metavar="QUERY", help="What to look for.")],
    k: Annotated[int, typer.Option("-k", min=1, max=200, help="How many results.")] = 5,
    mode: Annotated[Mode | None, typer.Option("--mode", help="How to rank; else your settings'.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say how each ranking placed a result.")] = False,
    collection: Collection = None,
) -> None:
    """Find the passages that fit a query best."""
    parts: Parts = context.obj
    text = checked_question(" ".join(query))
    started = time.perf_counter()
    parts.prepare()
    where, sample = parts.collection(collection)
    if sample:
        parts.output.note(SAMPLE_NOTE)
    how = mode or parts.settings.retrieval.mode
    opened = time.perf_counter()
    passages = parts.library.search(text, k=k, mode=str(how), collection=where)
    found = time.perf_counter()
    why = _explain(parts, text, where) if explain else {}
    results = [_result(rank, passage, why) for rank, passage in enumerate(passages, start=1)]
    timings = {"search_s": found - opened, "total_s": time.perf_counter() - started}
    parts.output.result(
        {"query": text, "mode": str(how), "collection": where, "results": results, "timings": timings}
        | ({"warnings": [SAMPLE_NOTE]} if sample else {})
    )
    for result in results:
        _show(parts, result)
    if not results:
        parts.output.say("Nothing found.")


def _result(rank: int, passage: Passage, why: dict[str, dict[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "rank": rank,
        "source": passage.source,
        "page": passage.page,
        "chunk_id": passage.chunk_id,
        "text": passage.text,
        "start": passage.start,
        "end": passage.end,
        "score": passage.score,
    }
    return result | ({"explain": why.get(passage.chunk_id, {})} if why else {})


def _explain(parts: Parts, text: str, collection: str) -> dict[str, dict[str, Any]]:
    """For each chunk id, its rank and score in the dense and the keyword ranking alone."""
    why: dict[str, dict[str, Any]] = {}
    for mode in (Mode.DENSE, Mode.KEYWORD):
        ranking = parts.library.search(text, k=_EXPLAINED, mode=str(mode), collection=collection)
        for rank, passage in enumerate(ranking, start=1):
            why.setdefault(passage.chunk_id, {})[str(mode)] = {"rank": rank, "score": passage.score}
    return why


def _show(parts: Parts, result: dict[str, Any]) -> None:
    title = f"{result['rank']}. {render.place(result['source'], result['page'])}  ({result['score']:.3f})"
    parts.output.say(title, "bold")
    for mode, placed in result.get("explain", {}).items():
        parts.output.say(f"   {mode}: place {placed['rank']}, score {placed['score']:.3f}", "dim")
    parts.output.say(f"   {one_line(result['text'], 300)}")
