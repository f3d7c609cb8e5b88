"""The parts that are installed on demand, into the environment that runs: what is missing, its size, and the commands."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..errors import AylluError, UsageError
from ..processes import python_command

_CPU_INDEX = "https://download.pytorch.org/whl/cpu"
_SIZES: Mapping[str, tuple[str, str]] = {  # download and disk; without and with a GPU, whose torch brings CUDA's libraries
    "models": ("about 0.3 GB, 1.2 GB on disk", "about 3 GB, 7 GB on disk"),
    "train": ("about 0.4 GB, 1.6 GB on disk", "about 3.2 GB, 7.5 GB on disk"),
    "four-bit": ("about 0.5 GB, 1.8 GB on disk", "about 3.3 GB, 7.7 GB on disk"),
    "documents": ("about 0.7 GB, 2.5 GB on disk, and its models with the first PDF", "about 3.4 GB, 8 GB on disk"),
    "tgi": ("about 1 MB", "about 1 MB"),
}


class SetupFailed(AylluError):
    """The installer could not install an extra."""

    kind = "setup_failed"


@dataclass(frozen=True, slots=True)
class Step:
    """One run of an installer. A `preferred` one may fail: the next does without, and `otherwise` says what that costs."""

    command: Sequence[str]
    preferred: bool = False
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Extra:
    """An extra of ours in this environment."""

    name: str
    requirements: Sequence[str]
    missing: Sequence[str]  # of the requirements
    size: str  # in words, less what is here already

    @property
    def steps(self) -> Iterator[Step]:
        """By uv where it is there, else by pip. The CPU build of torch comes from its own index, and goes in first."""
        torch = [requirement for requirement in self.missing if requirement.startswith("torch")]
        if torch and not _has_gpu() and platform.system() == "Linux":
            command = [*_installer(), "--index-url", _CPU_INDEX, *torch]
            yield Step(command, True, "The CPU build of torch cannot be had; taking the ordinary one, which is larger.")
        yield Step([*_installer(), *self.missing])

    def failure(self, reason: str) -> SetupFailed:
        """That it could not be installed, with the command to try by hand."""
        by_hand = " ".join([*_installer(), *(f'"{requirement}"' for requirement in self.missing)])
        return SetupFailed(f"The extra {self.name} could not be installed: {reason}.", hint=f"Try: {by_hand}")


def find_extra(name: str) -> Extra:
    """
    Raises:
        UsageError: there is none of that name.
    """
    if name not in _SIZES:
        raise UsageError(f"There is no extra `{name}`.", hint=f"There is: {', '.join(_SIZES)}.")
    wanted = requirements(name)
    missing = [requirement for requirement in wanted if not _installed(requirement)]
    return Extra(name, wanted, missing, _SIZES[name][_has_gpu()])


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


def install_folder() -> str:
    """Where an installer is started: what uv finds in the current folder may name another package index."""
    return sys.prefix


def _installed(text: str) -> bool:
    from importlib.metadata import PackageNotFoundError, distribution, version

    from packaging.requirements import Requirement

    requirement = Requirement(text)
    try:
        distribution(requirement.name)
    except PackageNotFoundError:
        return False
    return requirement.specifier.contains(version(requirement.name), prereleases=True)


def _installer() -> list[str]:
    uv = shutil.which("uv")
    return [uv, "pip", "install", "--python", sys.executable] if uv else python_command("-m", "pip", "install")


def _has_gpu() -> bool:
    return shutil.which("nvidia-smi") is not None
