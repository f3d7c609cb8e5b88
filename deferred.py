"""Packages whose names are loaded when they are first asked for: a process that needs a part need not import the rest."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any


def deferred(package: str, names: Mapping[str, Sequence[str]]) -> Callable[[str], Any]:
    """A `__getattr__` for the package of this name, which finds each name in the submodule that `names` puts it under.

    No name may be that of a submodule: importing that would put the module in its place.
    """
    places = {name: module for module, given in names.items() for name in given}

    def find(name: str) -> Any:
        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(f".{places[name]}", package), name)
        setattr(sys.modules[package], name, value)
        return value

    return find
