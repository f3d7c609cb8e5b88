"""`ayllu chat`: talk with your documents."""

from __future__ import annotations

from typing import Annotated

import typer

from ...app import ChatOptions
from ..context import CommandContext
from ..options import Adapter, Backend, Collection, Passages, Seed, Session, Team
from .launcher import run


def chat(
    context: typer.Context,
    paths: Annotated[list[str] | None, typer.Argument(metavar="[PATH]...", help="Read these first.")] = None,
    keys: Annotated[bool, typer.Option("--keys", help="Show the keys of the terminal program and leave.")] = False,
    team: Team = None,
    backend: Backend = None,
    adapter: Adapter = None,
    session: Session = None,
    new: Annotated[bool, typer.Option("--new", help="Begin a new conversation.")] = False,
    k: Passages = None,
    seed: Seed = None,
    collection: Collection = None,
) -> int:
    """Talk with your documents."""
    command: CommandContext = context.obj
    if keys:
        _show_keys(command)
        return 0
    command.app.override_settings({"backend": backend})
    command.app.pin(adapter)
    command.app.check_session(session)
    return run(command, paths or [], ChatOptions(collection, session, new, team, k, seed))


def _show_keys(command: CommandContext) -> None:
    from ...tui import KEYS

    command.output.result(
        {"keys": [{"id": key.id, "key": key.key, "words": key.explained, "slash": key.slash} for key in KEYS]}
    )
    command.output.table(("key", "what it does"), [(key.key, key.explained) for key in KEYS])
