"""`ayllu config`: the settings in force, and where each came from."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import ConfigError, UsageError
from ..redaction import BLOT, names_secret, redact
from ..storage import make_private_folder
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


def write_settings(target: Path, text: str) -> None:
    """Replace the settings file in one step, so that no reader sees half of it.

    A link stays one, and what it leads to is replaced. Whoever may read it may do so afterwards, and nobody else: a new
    one is the person's alone, for it may come to hold addresses with keys.

    Raises:
        ConfigError: it cannot be written there; what was there stays.
    """
    try:
        _replace(target.resolve(), text)
    except (OSError, RuntimeError) as error:  # a RuntimeError where links lead in a circle
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ConfigError(f"{target} could not be written: {reason}.", hint="See that you may write there.") from error


def _replace(target: Path, text: str) -> None:
    make_private_folder(target.parent)
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o600
    scratch = target.with_name(f"{target.name}.{os.getpid()}.tmp")
    scratch.unlink(missing_ok=True)  # of a process of that number that was killed
    try:
        with os.fdopen(os.open(scratch, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(text.encode("utf-8"))  # line ends as they are
        scratch.chmod(mode)
        scratch.replace(target)
    except BaseException:
        scratch.unlink(missing_ok=True)
        raise


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
