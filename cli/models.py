"""`ayllu models`: the base models known by name, and pulling them."""

from __future__ import annotations

from typing import Annotated

import typer

from ..text import size
from .compose import Parts

app = typer.Typer(help="Base models: what is here, what can be pulled.", rich_markup_mode=None)


@app.command("list")
def list_models(context: typer.Context) -> None:
    """Every model known by name, with its size and whether it is here."""
    parts: Parts = context.obj
    known = parts.models.list()
    parts.output.result({"models": [model.to_json() for model in known], "folder": str(parts.paths.models)})
    parts.output.table(
        ("name", "kind", "size", "memory", "licence", "here"),
        [
            (
                model.name,
                model.kind,
                size(model.size_bytes),
                size(model.memory_bytes),
                model.licence,
                "yes" if model.present else "",
            )
            for model in known
        ],
    )


@app.command("pull")
def pull(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Which; else the defaults.")] = None,
) -> None:
    """Download models, verified and resumable; those that are here stay as they are."""
    parts: Parts = context.obj
    wanted = names or [model.name for model in parts.models.list() if model.default]
    for name in wanted:
        parts.models.info(name)  # an unknown name stops the command before anything is pulled
    pulled = [(name, parts.models.ensure(name)) for name in wanted]
    parts.output.result({"models": [parts.models.info(name).to_json() for name in wanted]})
    for name, path in pulled:
        parts.output.say(f"{name}: {path}")
