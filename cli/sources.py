"""`ayllu sources`: what is in the library, and whether it is whole."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .. import paths
from ..errors import NotFound, UsageError
from ..redaction import drop_login
from ..text import count
from .context import CommandContext
from .options import Collection, Wait

if TYPE_CHECKING:
    from ..retrieval import Library, SourceInfo

group = typer.Typer(help="What is in the library.", rich_markup_mode=None)


@group.command("list")
def list_sources(context: typer.Context, collection: Collection = None) -> None:
    """Every source with its passages and when it was read."""
    command: CommandContext = context.obj
    library = command.app.library
    check_collection(library, collection)
    sources = library.sources(collection)
    command.output.result({"sources": [source.to_json() for source in sources]})
    rows = [(source.source, source.collection, source.chunks, source.sha256[:12], source.ingested_at) for source in sources]
    if rows:
        command.output.table(("source", "collection", "passages", "sha256", "read"), rows)
    elif library.collections():
        command.output.say(f"There is nothing in the collection `{collection}`.")
    else:
        command.output.say("The library is empty. `ayllu ingest PATH` fills it.")


@group.command("show")
def show(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="As `ayllu sources list` names it, or the end of that.")],
    collection: Collection = None,
) -> None:
    """The text of one source, as it was read."""
    command: CommandContext = context.obj
    where = collection or command.app.settings.collection
    library = command.app.library
    check_collection(library, collection)
    sources = library.known_sources(where)
    name = resolve(source, sources, where)
    text = library.source_text(name, where)
    command.output.result({**sources[name].to_json(), "text": text})
    command.output.say(text)


@group.command("remove")
def remove(
    context: typer.Context,
    sources: Annotated[
        list[str] | None,
        typer.Argument(help="As `ayllu sources list` names them, or a folder or address: then all that lies below it."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="The whole collection.")] = False,
    collection: Collection = None,
    wait: Wait = None,
) -> None:
    """Take sources out of the library; the files stay."""
    from ..retrieval import Turn

    command: CommandContext = context.obj
    where = collection or command.app.settings.collection
    if bool(sources) == everything:
        raise UsageError("Say what to remove.", hint="Name sources, or give --all for the whole collection.")
    library = command.app.library
    check_collection(library, collection)
    known = library.known_sources(where)
    chosen = dict.fromkeys(name for source in sources or [] for name in resolve_all(source, known, where))
    with library.writing(Turn("removing sources", wait, command.output.note)):
        present = library.known_sources(where)  # again: another ayllu may have written before it was our turn
        names = [name for name in (present if everything else chosen) if name in present]
        if everything:
            library.drop_collection(where)
        for name in [] if everything else names:
            library.remove_source(where, name)
    command.output.result({"removed": len(names), "sources": names})
    command.output.say(f"Removed: {count(len(names), 'source')}.")


@group.command("verify")
def verify(context: typer.Context, collection: Collection = None) -> int:
    """Look the library over: offsets, vectors, and that every live id finds itself."""
    command: CommandContext = context.obj
    check_collection(command.app.library, collection)
    problems = command.app.library.verify(collection)
    chunks = command.app.library.count(collection)
    command.output.result({"problems": problems, "whole": not problems, "chunks": chunks})
    for problem in problems:
        command.output.say(problem, "yellow")
    if any("sources repair" in problem or "vector store" in problem for problem in problems):
        command.output.say("`ayllu sources repair` rebuilds what can be rebuilt.")
    if not problems:
        command.output.say(f"The library is whole: {count(chunks, 'passage')}.")
    return 1 if problems else 0


@group.command("repair")
def repair(context: typer.Context, wait: Wait = None) -> None:
    """Rebuild from the library whatever verify found wrong."""
    from ..retrieval import Turn

    command: CommandContext = context.obj
    outcome = command.app.library.repair(Turn("sources repair", wait, command.output.note))
    command.output.result({"done": outcome, "problems": command.app.library.verify()})
    command.output.say(outcome)


def _known_as(named: str) -> str:
    """An address is kept without the login that it was read with."""
    return drop_login(named) if "://" in named else named


def _path(named: str) -> str:
    """The file that `named` stands for where it is a path, else itself."""
    try:
        return str(paths.expand(named).resolve())
    except (NotFound, OSError, ValueError, RuntimeError):  # no home of that name, too long, a NUL, links in a circle
        return named


def check_collection(library: Library, named: str | None) -> None:
    """Raises:
    NotFound: there never was a collection of that name.
    """
    names = library.collections(empty=True)
    if named is None or named in names:
        return
    near = difflib.get_close_matches(named, names, n=1, cutoff=0.0)
    raise NotFound(
        f"There is no collection `{named}`.",
        hint=f"The nearest: `{near[0]}`." if near else f"`ayllu ingest PATH --collection {named}` makes it.",
    )


def resolve_all(named: str, sources: Mapping[str, SourceInfo], collection: str) -> list[str]:
    """The sources that `named` stands for: itself, or all that lie below the folder or address.

    Raises:
        NotFound: none, or several that are in no such folder.
    """
    from ..retrieval import lies_below

    named = _known_as(named)
    path = _path(named)
    if named and not {named, path} & sources.keys():  # an empty name is no word for the current folder
        address = named.rstrip("/") + "/"
        below = [name for name, info in sources.items() if name.startswith(address) or lies_below(info, Path(path))]
        if below:
            return below
    return [resolve(named, sources, collection)]


def resolve(named: str, sources: Iterable[str], collection: str) -> str:
    """The source a person means: its full name, a path to the same file, or the end of exactly one name.

    Raises:
        NotFound: none, or several; the hint names the nearest.
    """
    named = _known_as(named)
    names = list(sources)
    for exact in (named, _path(named)):
        if exact in names:
            return exact
    ends = [name for name in names if name.endswith(f"/{named}")]
    if len(ends) == 1:
        return ends[0]
    near = ends or difflib.get_close_matches(named, names, n=1, cutoff=0.0)
    subject = f"{len(ends)} sources" if ends else "There is no source"
    raise NotFound(
        f"{subject} in `{collection}` {'end in' if ends else 'called'} {named!r}.",
        hint=f"The nearest: {', '.join(near[:3])}." if near else "`ayllu sources list` shows all.",
    )
