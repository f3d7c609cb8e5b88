"""`ayllu chat`: talk with your documents."""

from __future__ import annotations

from typing import Annotated

import typer

from .common import Adapter, Backend, Collection, Passages, Seed
from .compose import Parts
from .talk import run


def chat(
    context: typer.Context,
    paths: Annotated[list[str] | None, typer.Argument(metavar="[PATH]...", help="Read these first.")] = None,
    keys: Annotated[bool, typer.Option("--keys", help="Show the keys of the terminal program and leave.")] = False,
    team: Annotated[str | None, typer.Option("--team", help="Which team of agents answers.")] = None,
    backend: Backend = None,
    adapter: Adapter = None,
    session: Annotated[str | None, typer.Option("--session", help="Go on with this conversation.")] = None,
    new: Annotated[bool, typer.Option("--new", help="Begin a new conversation.")] = False,
    k: Passages = None,
    seed: Seed = None,
    collection: Collection = None,
) -> int:
    """Talk with your documents."""
    parts: Parts = context.obj
    if keys:
        _show_keys(parts)
        return 0
    parts.given(backend=backend)
    parts.pin(adapter)
    return run(parts, paths or [], collection=collection, session_id=session, new=new, team=team, passages=k, seed=seed)


def _show_keys(parts: Parts) -> None:
    from ..tui.keys import KEYS

    parts.output.result({"keys": [{"id": key.id, "key": key.key, "words": key.words} for key in KEYS]})
    parts.output.table(("key", "what it does"), [(key.key, key.words) for key in KEYS])
