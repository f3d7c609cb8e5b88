"""`ayllu setup`: the parts that are installed on demand, into the environment that runs, and the default models."""

from __future__ import annotations

import logging
import platform
import shutil
import subprocess
import sys
from typing import Annotated

import typer

from ..errors import UsageError
from ..processes import python_command
from .context import CommandContext
from .errors import SetupFailed

_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
_SIZES = {  # download and disk; without and with a GPU, whose torch brings CUDA's libraries
    "models": ("about 0.3 GB, 1.2 GB on disk", "about 3 GB, 7 GB on disk"),
    "train": ("about 0.4 GB, 1.6 GB on disk", "about 3.2 GB, 7.5 GB on disk"),
    "four-bit": ("about 0.5 GB, 1.8 GB on disk", "about 3.3 GB, 7.7 GB on disk"),
    "tgi": ("about 1 MB", "about 1 MB"),
}
log = logging.getLogger(__name__)


def setup(
    context: typer.Context,
    extra: Annotated[str | None, typer.Argument(help="models, train, four-bit, tgi; else the default model files.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Install an extra into this environment, or pull the default models."""
    command: CommandContext = context.obj
    if extra is None:
        _pull_defaults(command)
        return
    if extra not in _SIZES:
        raise UsageError(f"There is no extra `{extra}`.", hint=f"There is: {', '.join(_SIZES)}.")
    if extra == "tgi":
        _check_room_for_tgi()
    wanted = requirements(extra)
    missing = [requirement for requirement in wanted if not _installed(requirement)]
    if missing:
        gpu = shutil.which("nvidia-smi") is not None
        command.output.note(f"ayllu[{extra}] goes into {sys.prefix}: {', '.join(missing)}.")
        command.output.note(f"To download: {_SIZES[extra][gpu]}, less what is here already.")
        if command.output.asks and not yes and not command.output.confirm("Go on?"):
            raise typer.Abort
        _install(command, extra, missing, cpu_torch=not gpu and platform.system() == "Linux")
    command.output.result({"extra": extra, "installed": missing, "requirements": wanted})
    command.output.say(f"Installed: {extra}." if missing else f"The extra {extra} is already here.")


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


def requirements(extra: str) -> list[str]:
    """What an extra of ours asks for, the extras it builds on included."""
    from importlib.metadata import requires

    from packaging.requirements import Requirement

    wanted: list[str] = []
    for requirement in map(Requirement, requires("ayllu") or []):
        marker = requirement.marker
        if marker is None or not marker.evaluate({"extra": extra}) or marker.evaluate({"extra": ""}):
            continue
        if requirement.name == "ayllu":
            wanted += [inner for other in sorted(requirement.extras) for inner in requirements(other)]
        else:
            wanted.append(str(requirement).split(";")[0].strip())
    return list(dict.fromkeys(wanted))


def _pull_defaults(command: CommandContext) -> None:
    names = [model.name for model in command.app.models.list() if model.default]
    command.app.models.agree(names)
    for name in names:
        command.pull(name)
    command.output.result({"models": names})
    command.output.say("The default models are here.")


def _installed(text: str) -> bool:
    from importlib.metadata import PackageNotFoundError, distribution, version

    from packaging.requirements import Requirement

    requirement = Requirement(text)
    try:
        distribution(requirement.name)
    except PackageNotFoundError:
        return False
    return requirement.specifier.contains(version(requirement.name), prereleases=True)


def _install(command: CommandContext, extra: str, wanted: list[str], *, cpu_torch: bool) -> None:
    """By uv where it is there, else by pip. The CPU build of torch comes from its own index, and goes in first.

    Raises:
        SetupFailed: the installer failed; the hint is the command to try by hand.
    """
    installer = python_command("-m", "pip", "install")
    if uv := shutil.which("uv"):
        installer = [uv, "pip", "install", "--python", sys.executable]
    torch = [requirement for requirement in wanted if requirement.startswith("torch")]
    if torch and cpu_torch and not _runs([*installer, "--index-url", _CPU_INDEX, *torch]):
        command.output.note("The CPU build of torch cannot be had; taking the ordinary one, which is larger.", "yellow")
    if not _runs([*installer, *wanted]):
        by_hand = " ".join([*installer, *(f'"{requirement}"' for requirement in wanted)])
        raise SetupFailed(f"The extra {extra} could not be installed; the installer says why above.", hint=f"Try: {by_hand}")


def _runs(arguments: list[str]) -> bool:
    """Run an installer with its words on stderr."""
    log.info("running %s", arguments)
    try:
        # in another folder: what uv finds in the current one may name another package index
        ended = subprocess.run(arguments, stdin=subprocess.DEVNULL, stdout=2, cwd=sys.prefix, check=False)
        return ended.returncode == 0
    except OSError as error:
        raise SetupFailed(f"{arguments[0]} cannot be run: {error.strerror}.", hint="Install pip or uv.") from error
