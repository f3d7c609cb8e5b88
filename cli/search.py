"""`ayllu search`: passages without a model's words."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..app import choose_collection
from ..conversations import check_question
from ..text import one_line, place_label
from .context import CommandContext
from .options import Collection, Mode
from .output import Output
from .rendering import SAMPLE_NOTE

if TYPE_CHECKING:
    from ..retrieval import Library, Passage

_EXPLAINED = 50  # how deep each single ranking is looked through for `--explain`


def search(
    context: typer.Context,
    query: Annotated[list[str], typer.Argument(metavar="QUERY", help="What to look for.")],
    k: Annotated[int, typer.Option("-k", min=1, max=200, help="How many results.")] = 5,
    mode: Annotated[Mode | None, typer.Option("--mode", help="How to rank; else your settings'.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say how each ranking placed a result.")] = False,
    collection: Collection = None,
) -> None:
    """Find the passages that fit a query best."""
    command: CommandContext = context.obj
    text = check_question(" ".join(query))
    started = time.perf_counter()
    command.prepare()
    settings, library = command.app.settings, command.app.library
    where, sample = choose_collection(library, collection, settings.collection)
    if sample:
        command.output.note(SAMPLE_NOTE)
    ranking = str(mode or settings.retrieval.mode)
    opened = time.perf_counter()
    passages = library.search(text, k=k, mode=ranking, collection=where)
    searched = time.perf_counter()
    explanations = _explain(library, text, where) if explain else {}
    results = [_result(rank, passage, explanations) for rank, passage in enumerate(passages, start=1)]
    timings = {"search_s": searched - opened, "total_s": time.perf_counter() - started}
    command.output.result(
        {"query": text, "mode": ranking, "collection": where, "results": results, "timings": timings}
        | ({"warnings": [SAMPLE_NOTE]} if sample else {})
    )
    for result, passage in zip(results, passages, strict=True):
        _show(command.output, result, passage)
    if not results:
        command.output.say("Nothing found.")


def _result(rank: int, passage: Passage, explanations: dict[str, dict[str, Any]]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "rank": rank,
        "source": passage.source,
        "page": passage.page,
        "page_label": passage.page_label,
        "heading": passage.heading,
        "line": passage.line,
        "chunk_id": passage.chunk_id,
        "text": passage.text,
        "start": passage.start,
        "end": passage.end,
        "score": passage.score,
        "also_in": [asdict(place) for place in passage.also_in],
    }
    return result | ({"explain": explanations.get(passage.chunk_id, {})} if explanations else {})


def _explain(library: Library, text: str, collection: str) -> dict[str, dict[str, Any]]:
    """For each chunk id, its rank and score in the dense and the keyword ranking alone."""
    explanations: dict[str, dict[str, Any]] = {}
    for mode in (Mode.DENSE, Mode.KEYWORD):
        ranking = library.search(text, k=_EXPLAINED, mode=str(mode), collection=collection)
        for rank, passage in enumerate(ranking, start=1):
            explanations.setdefault(passage.chunk_id, {})[str(mode)] = {"rank": rank, "score": passage.score}
    return explanations


def _show(output: Output, result: dict[str, Any], passage: Passage) -> None:
    title = f"{result['rank']}. {place_label(passage)}  ({result['score']:.3f})"
    output.say(title, "bold")
    for mode, place in result.get("explain", {}).items():
        output.say(f"   {mode}: place {place['rank']}, score {place['score']:.3f}", "dim")
    output.say(f"   {one_line(result['text'], 300)}")
