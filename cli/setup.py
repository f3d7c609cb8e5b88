"""`ayllu setup`: the parts that are installed on demand, into the environment that runs, and the default models."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from ..app import Extra, SetupFailed, find_extra, install_folder
from .context import CommandContext

log = logging.getLogger(__name__)


def setup(
    context: typer.Context,
    extra: Annotated[
        str | None, typer.Argument(help="models, train, four-bit, documents, tgi; else the default model files.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Install an extra into this environment, or pull the default models."""
    command: CommandContext = context.obj
    if extra is None:
        _pull_defaults(command)
        return
    wanted = find_extra(extra)
    if extra == "tgi":
        _check_room_for_tgi()
    if wanted.missing:
        command.output.note(f"ayllu[{extra}] goes into {sys.prefix}: {', '.join(wanted.missing)}.")
        command.output.note(f"To download: {wanted.size}, less what is here already.")
        if command.output.asks and not yes and not command.output.confirm("Go on?"):
            raise typer.Abort
        _install(command, wanted)
    command.output.result({"extra": extra, "installed": wanted.missing, "requirements": wanted.requirements})
    command.output.say(f"Installed: {extra}." if wanted.missing else f"The extra {extra} is already here.")


def _check_room_for_tgi() -> None:
    """
    Raises:
        SetupFailed: what is installed here wants the huggingface-hub that TGI's client does not.
    """
    from importlib.metadata import PackageNotFoundError, version

    from packaging.version import Version

    try:
        other = Version(version("transformers"))
    except PackageNotFoundError:
        return
    if other.major >= 5:
        raise SetupFailed(
            "The extra tgi needs an environment of its own: its client wants huggingface-hub below 1.0, and here "
            f"transformers {other} wants it from 1.0 on.",
            hint="In a clone: `make setup-tgi`. Else: python -m venv tgi && tgi/bin/pip install 'ayllu[tgi]'",
        )


def _pull_defaults(command: CommandContext) -> None:
    names = [model.name for model in command.app.models.list() if model.default]
    command.app.models.agree(names)
    for name in names:
        command.pull(name)
    command.output.result({"models": names})
    command.output.say("The default models are here.")


def _install(command: CommandContext, extra: Extra) -> None:
    """
    Raises:
        SetupFailed: the installer failed; the hint is the command to try by hand.
    """
    for step in extra.steps:
        if _runs(step.command):
            continue
        if not step.preferred:
            raise extra.failure("the installer says why above")
        command.output.note(step.otherwise, "yellow")


def _runs(arguments: Sequence[str]) -> bool:
    """Run an installer with its words on stderr."""
    log.info("running %s", arguments)
    try:
        ended = subprocess.run(arguments, stdin=subprocess.DEVNULL, stdout=2, cwd=install_folder(), check=False)
        return ended.returncode == 0
    except OSError as error:
        raise SetupFailed(f"{arguments[0]} cannot be run: {error.strerror}.", hint="Install pip or uv.") from error
