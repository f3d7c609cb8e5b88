"""`ayllu models`: the base models known by name, and pulling them."""

from __future__ import annotations

from typing import Annotated

import typer

from ..text import size
from .context import CommandContext

group = typer.Typer(help="Base models: what is here, what can be pulled.", rich_markup_mode=None)


@group.command("list")
def list_models(context: typer.Context) -> None:
    """Every model known by name, with its size and whether it is here."""
    command: CommandContext = context.obj
    known = command.app.models.list()
    command.output.result({"models": [model.to_json() for model in known], "folder": str(command.app.paths.models)})
    command.output.table(
        ("name", "kind", "size", "memory", "licence", "here", "nDCG@10 as published"),
        [
            (
                model.name,
                model.kind,
                size(model.size_bytes),
                size(model.memory_bytes),
                model.licence,
                "yes" if model.present else "",
                model.public_figures,
            )
            for model in known
        ],
    )


@group.command("pull")
def pull(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Which; else the defaults.")] = None,
) -> None:
    """Download models, verified and resumable; those that are here stay as they are."""
    command: CommandContext = context.obj
    wanted = names or [model.name for model in command.app.models.list() if model.default]
    for name in wanted:
        command.app.models.info(name)  # an unknown name stops the command before anything is pulled
    command.app.models.agree(wanted)
    pulled = [(name, command.pull(name)) for name in wanted]
    command.output.result({"models": [command.app.models.info(name).to_json() for name in wanted]})
    for name, path in pulled:
        command.output.say(f"{name}: {path}")
