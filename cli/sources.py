"""`ayllu sources`: what is in the library, and whether it is whole."""

from __future__ import annotations

from typing import Annotated

import typer

from ..errors import NotFound
from ..text import count
from .common import Collection
from .compose import Parts

app = typer.Typer(help="What is in the library.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_sources(context: typer.Context, collection: Collection = None) -> None:
    """Every source with its passages and when it was read."""
    parts: Parts = context.obj
    found = parts.library.sources(collection)
    parts.output.result({"sources": [one.to_json() for one in found]})
    rows = [(one.source, one.collection, one.chunks, one.sha256[:12], one.ingested_at) for one in found]
    parts.output.table(("source", "collection", "passages", "sha256", "read"), rows)


@app.command("show")
def show(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="As `ayllu sources list` names it.")],
    collection: Collection = None,
) -> None:
    """The text of one source, as it was read."""
    parts: Parts = context.obj
    where = collection or parts.settings.collection
    text = parts.library.source_text(source, where)
    parts.output.result({"source": source, "collection": where, "text": text})
    parts.output.say(text)


@app.command("remove")
def remove(
    context: typer.Context,
    sources: Annotated[list[str], typer.Argument(help="As `ayllu sources list` names them.")],
    collection: Collection = None,
) -> None:
    """Take sources out of the library; the files stay."""
    parts: Parts = context.obj
    where = collection or parts.settings.collection
    known = parts.library.known_sources(where)
    for source in sources:
        if source not in known:
            raise NotFound(f"There is no source {source!r} in {where}.", hint="`ayllu sources list` shows all.")
    with parts.library.writing():
        for source in dict.fromkeys(sources):
            parts.library.remove_source(where, source)
    parts.output.result({"removed": len(set(sources))})
    parts.output.say(f"Removed: {count(len(set(sources)), 'source')}.")


@app.command("verify")
def verify(context: typer.Context, collection: Collection = None) -> int:
    """Look the library over: offsets, vectors, and that every live id finds itself."""
    parts: Parts = context.obj
    problems = parts.library.verify(collection)
    parts.output.result({"problems": problems, "whole": not problems, "chunks": parts.library.count(collection)})
    for problem in problems:
        parts.output.say(problem, "yellow")
    if not problems:
        parts.output.say(f"The library is whole: {count(parts.library.count(collection), 'passage')}.")
    return 1 if problems else 0


@app.command("repair")
def repair(context: typer.Context) -> None:
    """Rebuild from the library whatever verify found wrong."""
    parts: Parts = context.obj
    said = parts.library.repair()
    parts.output.result({"done": said})
    parts.output.say(said)
