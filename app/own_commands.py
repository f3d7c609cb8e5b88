"""Command lines of our own programs, for processes that a running one starts."""

from __future__ import annotations

from ..paths import Paths, find
from ..processes import python_command


def own_command(paths: Paths, *arguments: str) -> list[str]:
    """`ayllu` with `arguments`, with these paths."""
    # the platform's own home is not named: a named one brings its own settings file along
    home = [] if paths == find() else ["--home", str(paths.home)]
    return python_command("-m", "ayllu", *home, *arguments)
