"""The flags that every command takes, before or after its name: `--json`, `--debug`, `--home`.

They are taken out of the arguments before Typer sees them, so that `ayllu ask Q --json` and `ayllu --json ask Q` are the
same, and a wrong usage is still reported as JSON where JSON was asked for. What follows a bare `--` is left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import UsageError


@dataclass(frozen=True, slots=True)
class GlobalFlags:
    json: bool = False
    debug: bool = False
    home: Path | None = None


def split_global_flags(arguments: Sequence[str]) -> tuple[GlobalFlags, list[str]]:
    """Split the global flags from the rest, which keeps its order.

    Raises:
        UsageError: `--home` without a folder.
    """
    json = debug = False
    home: Path | None = None
    rest: list[str] = []
    left = list(arguments)
    while left:
        word = left.pop(0)
        if word == "--":
            rest += [word, *left]
            break
        if word == "--json":
            json = True
        elif word == "--debug":
            debug = True
        elif word == "--home" or word.startswith("--home="):
            value = word[len("--home=") :] if "=" in word else (left.pop(0) if left else "")
            if not value:
                raise UsageError("`--home` needs a folder.", hint="Write it as `--home FOLDER`.")
            home = Path(value)
        else:
            rest.append(word)
    return GlobalFlags(json, debug, home), rest
