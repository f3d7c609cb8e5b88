"""`ayllu config`: the settings in force, and where each came from."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from ..app import write_settings
from ..errors import UsageError
from ..redaction import BLOT, names_secret, redact
from .context import CommandContext

group = typer.Typer(help="Settings: show, path, init.", rich_markup_mode=None)


@group.command("show")
def show(context: typer.Context) -> None:
    """Every key with its value and where the value came from; no secret is ever shown."""
    from ..config import flatten

    command: CommandContext = context.obj
    loaded = command.app.loaded
    values = {key: _public(key, value) for key, value in flatten(loaded.settings).items()}
    origins = {key: loaded.origins.get(key, "default") for key in values}
    command.output.result(
        {
            "settings": {key: {"value": value, "origin": origins[key]} for key, value in values.items()},
            "paths": _paths(command),
        }
    )
    rows = [(key, "" if value is None else json.dumps(value), origins[key]) for key, value in values.items()]
    command.output.table(("key", "value", "from"), rows)


@group.command("path")
def path(context: typer.Context) -> None:
    """Where the settings file, your data and the model files are."""
    command: CommandContext = context.obj
    command.output.result(_paths(command) | {"exists": command.app.paths.config.exists()})
    for name, location in _paths(command).items():
        command.output.say(f"{name}: {location}")


@group.command("init")
def init(
    context: typer.Context,
    force: Annotated[bool, typer.Option("--force", help="Replace the file that is there.")] = False,
) -> None:
    """Write a settings file with every key, commented out."""
    from ..config import template

    command: CommandContext = context.obj
    target = command.app.paths.config
    if target.exists() and not force:
        raise UsageError(f"{target} is already there.", hint="`--force` replaces it.")
    write_settings(target, template())
    command.output.result({"config": str(target)})
    command.output.say(f"Written: {target}")


def _paths(command: CommandContext) -> dict[str, str]:
    paths = command.app.paths
    return {
        "config": str(paths.config),
        "home": str(paths.home),
        "models": str(paths.models),
        "prompts": str(paths.prompts),
        "log": str(paths.log),
    }


def _public(key: str, value: Any) -> Any:
    """The value without a secret: a variable's name is none, but for what somebody has put in its place."""
    if isinstance(value, str):
        return BLOT if names_secret(key) and not key.endswith("_env") else redact(value)
    if isinstance(value, (list, tuple)):
        return [_public(key, item) for item in value]
    return value
