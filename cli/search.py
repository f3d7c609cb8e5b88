"""`ayllu search`: passages without a model's words."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..app import choose_collections, rerank_by_model
from ..conversations import check_question
from ..text import one_line, place_label
from .context import CommandContext
from .options import Collections, Folder, MediaType, Mode, Since, Source, Until, filters_of
from .output import Output
from .rendering import SAMPLE_NOTE

if TYPE_CHECKING:
    from ..retrieval import Explained, Passage, Placing


def search(
    context: typer.Context,
    query: Annotated[list[str], typer.Argument(metavar="QUERY", help="What to look for.")],
    k: Annotated[int, typer.Option("-k", min=1, max=200, help="How many results.")] = 5,
    mode: Annotated[Mode | None, typer.Option("--mode", help="How to rank; else your settings'.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say how each stage placed a result.")] = False,
    collection: Collections = None,
    source: Source = None,
    folder: Folder = None,
    kind: MediaType = None,
    since: Since = None,
    until: Until = None,
) -> None:
    """Find the passages that fit a query best."""
    from ..retrieval import SearchMode, SearchRequest

    command: CommandContext = context.obj
    text = check_question(" ".join(query))
    started = time.perf_counter()
    settings = command.app.settings
    command.prepare(chat=settings.retrieval.reranker == "model")
    library = command.app.library
    names, sample = choose_collections(library, collection or (), settings.collection)
    if sample:
        command.output.note(SAMPLE_NOTE)
    ranking = str(mode or settings.retrieval.mode)
    filters = filters_of(source, folder, kind, since, until)
    opened = time.perf_counter()
    diversity = settings.retrieval.diversity
    request = SearchRequest(text, k, SearchMode(ranking), names, filters=filters, diversity=diversity)
    hits = library.explain(request, rerank_by_model(command.app))
    searched = time.perf_counter()
    results = [_result(rank, hit.passage, hit if explain else None) for rank, hit in enumerate(hits, start=1)]
    timings = {"search_s": searched - opened, "total_s": time.perf_counter() - started}
    command.output.result(
        {
            "query": text,
            "mode": ranking,
            "collection": names[0],
            "collections": names,
            "results": results,
            "timings": timings,
        }
        | ({"warnings": [SAMPLE_NOTE]} if sample else {})
    )
    for result, hit in zip(results, hits, strict=True):
        _show(command.output, result, hit.passage)
    if not results:
        among = " among the documents that these filters let through" if filters else ""
        command.output.say(f"Nothing found{among}.")


def _result(rank: int, passage: Passage, hit: Explained | None) -> dict[str, Any]:
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
    return result | ({"explain": {name: _placing(stage) for name, stage in hit.stages.items()}} if hit else {})


def _placing(placing: Placing) -> dict[str, Any]:
    return {"rank": placing.rank, "score": placing.score}


def _show(output: Output, result: dict[str, Any], passage: Passage) -> None:
    title = f"{result['rank']}. {place_label(passage)}  ({result['score']:.3f})"
    output.say(title, "bold")
    for mode, place in result.get("explain", {}).items():
        output.say(f"   {mode}: place {place['rank']}, score {place['score']:.3f}", "dim")
    output.say(f"   {one_line(result['text'], 300)}")
    if passage.also_in:
        others = ", ".join(dict.fromkeys(one_line(place.source) for place in passage.also_in))
        output.say(f"   also in: {others}", "dim")
