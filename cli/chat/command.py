"""`ayllu chat`: talk with your documents."""

from __future__ import annotations

from typing import Annotated

import typer

from ...app import ChatOptions
from ..context import CommandContext
from ..options import (
    Adapter,
    Backend,
    Collections,
    Folder,
    MediaType,
    Passages,
    Seed,
    Session,
    Since,
    Source,
    Team,
    Until,
    filters_of,
)
from .launcher import run


def chat(
    context: typer.Context,
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="[PATH]...", help="Read these first, into the first collection named.")
    ] = None,
    keys: Annotated[bool, typer.Option("--keys", help="Show the keys of the terminal program and leave.")] = False,
    team: Team = None,
    backend: Backend = None,
    adapter: Adapter = None,
    session: Session = None,
    new: Annotated[bool, typer.Option("--new", help="Begin a new conversation.")] = False,
    k: Passages = None,
    seed: Seed = None,
    collection: Collections = None,
    source: Source = None,
    folder: Folder = None,
    kind: MediaType = None,
    since: Since = None,
    until: Until = None,
) -> int:
    """Talk with your documents."""
    command: CommandContext = context.obj
    if keys:
        _show_keys(command)
        return 0
    command.app.override_settings({"backend": backend})
    command.app.pin(adapter)
    command.app.check_session(session)
    filters = filters_of(source, folder, kind, since, until)
    return run(command, paths or [], ChatOptions(collection or (), session, new, team, k, seed, filters))


def _show_keys(command: CommandContext) -> None:
    from ...tui import KEYS

    command.output.result(
        {"keys": [{"id": key.id, "key": key.key, "words": key.explained, "slash": key.slash} for key in KEYS]}
    )
    command.output.table(("key", "what it does"), [(key.key, key.explained) for key in KEYS])
