"""Files that programs have written for programs: nobody looks anything up in them."""

from __future__ import annotations

import re
from pathlib import PurePath

from ..base import Unreadable

_LOCKS = {
    *("package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "poetry.lock", "uv.lock"),
    *("pdm.lock", "pipfile.lock", "cargo.lock", "gemfile.lock", "composer.lock", "go.sum", "flake.lock", "mix.lock"),
    *("packages.lock.json", "podfile.lock", "pubspec.lock", "gradle.lockfile"),
}
_AUTO = r"\b(?:auto-?(?:matically )?-?)?generated\b"
_HANDS_OFF = r"\bdo not (?:edit|modify)\b"
_GENERATED = re.compile(rf"@generated\b|{_AUTO}.{{0,120}}{_HANDS_OFF}|{_HANDS_OFF}.{{0,120}}{_AUTO}", re.I | re.S)
_HEAD = 1_500  # characters in which a file says that it is generated
_LONG_LINE = 1_000  # characters: on average, no person writes such lines


def refuse_by_name(name: str) -> None:
    """Raises `Unreadable` for a file whose name says that a program wrote it."""
    path = PurePath(name.lower())
    if path.name in _LOCKS:
        raise Unreadable("it is generated: a lock file")
    if path.name.endswith((".js.map", ".css.map", ".min.js", ".min.css", ".min.mjs")):
        kind = "a source map" if path.suffix == ".map" else "minified code"
        raise Unreadable(f"it is generated: {kind}")


def refuse_by_text(text: str) -> None:
    """Raises `Unreadable` for code that says that a program wrote it, or whose lines no person would write."""
    if text.startswith("/* XPM */"):
        raise Unreadable("it is an XPM picture")
    if match := _GENERATED.search(text, 0, _HEAD):
        words = " ".join(match[0].split())[:60]
        raise Unreadable(f'it is generated: it says "{words}"')
    if len(text) > 5 * _LONG_LINE and len(text) / (text.count("\n") + 1) > _LONG_LINE:
        raise Unreadable("it is generated: minified code")
