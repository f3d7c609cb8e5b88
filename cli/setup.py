"""`ayllu setup`: the parts that are installed on demand, into the environment that runs."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import Annotated

import typer

from ..errors import UsageError
from .compose import Parts
from .failures import SetupFailed

_SIZES = {"models": "about 0.4 GB (torch for the CPU)", "train": "about 0.6 GB (torch for the CPU)", "tgi": "about 1 MB"}


def setup(
    context: typer.Context,
    extra: Annotated[str | None, typer.Argument(help="models, train or tgi; else the default models.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Pull the default models, or install an extra."""
    parts: Parts = context.obj
    if extra is None:
        pulled = [model.name for model in parts.models.list() if model.default]
        for name in pulled:
            parts.models.ensure(name)
        parts.output.result({"models": pulled})
        parts.output.say("The default models are here.")
        return
    if extra not in _SIZES:
        raise UsageError(f"There is no extra `{extra}`.", hint=f"There is: {', '.join(_SIZES)}.")
    parts.output.note(f"This installs ayllu[{extra}] into {sys.prefix}: {_SIZES[extra]}, several GB with a GPU.")
    if parts.output.asks and not yes and not parts.output.confirm("Go on?"):
        raise KeyboardInterrupt
    _install(extra)
    parts.output.result({"installed": extra})
    parts.output.say(f"Installed: {extra}.")


def _install(extra: str) -> None:
    from importlib.metadata import requires

    from packaging.requirements import Requirement

    wanted = [
        str(one).split(";")[0].strip()
        for one in map(Requirement, requires("ayllu") or [])
        if one.marker is not None and one.marker.evaluate({"extra": extra}) and one.name != "ayllu"
    ]
    if extra == "train":
        _install("models")
    command = [sys.executable, "-m", "pip", "install"]
    if shutil.which("uv"):
        command = ["uv", "pip", "install", "--python", sys.executable]
    if subprocess.run([*command, *wanted], stdout=sys.stderr, check=False).returncode:
        raise SetupFailed(f"The extra {extra} could not be installed.", hint=f"Try it by hand: {' '.join(command + wanted)}")
