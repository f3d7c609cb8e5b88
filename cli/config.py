"""`ayllu config`: the settings in force, and where each came from."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import UsageError
from ..text import without_secrets
from .compose import Parts

app = typer.Typer(help="Settings: show, path, init.", rich_markup_mode=None)


@app.command("show")
def show(context: typer.Context) -> None:
    """Every key with its value and where the value came from; no secret is ever shown."""
    from ..config import flatten

    parts: Parts = context.obj
    loaded = parts.loaded
    values = {key: _public(value) for key, value in flatten(loaded.settings).items()}
    origins = {key: loaded.origins.get(key, "default") for key in values}
    parts.output.result(
        {
            "settings": {key: {"value": value, "origin": origins[key]} for key, value in values.items()},
            "paths": _paths(parts),
        }
    )
    rows = [(key, "" if value is None else json.dumps(value), origins[key]) for key, value in values.items()]
    parts.output.table(("key", "value", "from"), rows)


@app.command("path")
def path(context: typer.Context) -> None:
    """Where the settings file, your data and the model files are."""
    parts: Parts = context.obj
    parts.output.result(_paths(parts) | {"exists": parts.paths.config.exists()})
    for name, where in _paths(parts).items():
        parts.output.say(f"{name}: {where}")


@app.command("init")
def init(
    context: typer.Context,
    force: Annotated[bool, typer.Option("--force", help="Replace the file that is there.")] = False,
) -> None:
    """Write a settings file with every key, commented out."""
    from ..config import template

    parts: Parts = context.obj
    target = parts.paths.config
    if target.exists() and not force:
        raise UsageError(f"{target} is already there.", hint="`--force` replaces it.")
    write(target, template())
    parts.output.result({"config": str(target)})
    parts.output.say(f"Written: {target}")


def write(target: Path, text: str) -> None:
    """Replace the settings file in one step, so that no reader sees half of it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = target.with_name(f"{target.name}.{os.getpid()}.tmp")
    scratch.write_text(text, "utf-8")
    scratch.replace(target)


def _paths(parts: Parts) -> dict[str, str]:
    places = parts.paths
    return {
        "config": str(places.config),
        "home": str(places.home),
        "models": str(places.models),
        "prompts": str(places.prompts),
        "log": str(places.log),
    }


def _public(value: Any) -> Any:
    """The value without a login or a key that stands in a URL."""
    if isinstance(value, str):
        return without_secrets(value)
    if isinstance(value, (list, tuple)):
        return [_public(item) for item in value]
    return value
