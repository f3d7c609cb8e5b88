"""What a folder holds and nobody wants read: hidden entries, programs' folders, what `.gitignore` or `.aylluignore` name.

Rules are git's: those of a folder hold for all below it, deeper ones beat those above, and within a repository those above
the folder that is named hold as well. Of one folder, `.aylluignore` beats `.gitignore`. What a person names itself is read.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from .parsers import Unreadable

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_LOOKS = (".css", ".scss", ".less", ".sass", ".xpm")  # how pages look: beside manuals there are hundreds of their passages
RULE_FILES = (".gitignore", ".aylluignore")  # the later beats the earlier
_SKIPPED = {"node_modules", "__pycache__", "venv", "site-packages", ".git", ".hg", ".svn"}
_MOST_BYTES, _MOST_RULES = 1_000_000, 10_000  # of a file of rules
_MOST_STARS, _LONGEST_RULE = 8, 1_000  # each star may have to be tried at each place of a name
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Omissions:
    """What is left out of a folder. Files of rules are read once."""

    hidden: bool = False  # hidden entries are read
    rules: bool = True  # files of rules are honoured, and style sheets left out
    _specs: dict[str, GitIgnoreSpec | None] = field(default_factory=dict)
    _tops: dict[str, str] = field(default_factory=dict)

    def reason(self, path: str, root: str, *, is_folder: bool) -> str:
        """Why the entry at `path`, below the folder `root`, is left out; empty where it is read. Both are absolute."""
        name = os.path.basename(path)  # noqa: PTH119 - of each entry of large folders
        if name in _SKIPPED:
            return "it belongs to a program"
        if name.startswith(".") and not self.hidden:
            return "it is hidden"
        if not self.rules:
            return ""
        if name.endswith(_LOOKS) and not is_folder:
            return "it says how pages look; named itself, it is read"
        return self._ruled_out(path, root, is_folder=is_folder)

    def excludes(self, path: str, root: str) -> bool:
        """Whether `path`, or a folder on the way to it from `root`, is left out."""
        below = Path(os.path.relpath(path, root)).parts
        return any(
            self.reason(os.path.join(root, *below[:depth]), root, is_folder=depth < len(below))  # noqa: PTH118
            for depth in range(1, len(below) + 1)
        )

    def _ruled_out(self, path: str, root: str, *, is_folder: bool) -> str:
        top, folder = self._top(root), os.path.dirname(path)  # noqa: PTH120
        while True:
            if (spec := self._spec(folder)) is not None:
                included = spec.check_file(os.path.relpath(path, folder) + ("/" if is_folder else "")).include
                if included is not None:
                    return f"{folder} has a rule that leaves it out" if included else ""
            if folder == top or folder == os.path.dirname(folder):  # noqa: PTH120
                return ""
            folder = os.path.dirname(folder)  # noqa: PTH120

    def _top(self, root: str) -> str:
        """The highest folder whose rules hold: that of the repository, else `root`."""
        if root not in self._tops:
            repository = next((folder for folder in (Path(root), *Path(root).parents) if (folder / ".git").exists()), None)
            self._tops[root] = str(repository or root)
        return self._tops[root]

    def _spec(self, folder: str) -> GitIgnoreSpec | None:
        if folder not in self._specs:
            lines = [line for name in RULE_FILES for line in _read_rules(Path(folder) / name)]
            self._specs[folder] = _compile(lines) if lines else None
        return self._specs[folder]


def _read_rules(file: Path) -> list[str]:
    """Its lines; what cannot be read, or has no end, rules nothing."""
    try:
        if not file.is_file():
            return []
        with file.open("rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise Unreadable(f"it has more than {_MOST_BYTES:,} bytes")
        from .parsers.encoding import decode

        return decode(content).splitlines()[:_MOST_RULES] if content.strip() else []
    except (OSError, Unreadable) as error:
        log.warning("the rules in %s are not honoured: %s", file, error)
        return []


def _compile(lines: list[str]) -> GitIgnoreSpec:
    """A rule that is none costs itself."""
    from pathspec import GitIgnoreSpec

    lines = [line for line in lines if len(line) <= _LONGEST_RULE and line.count("*") <= _MOST_STARS]
    try:
        return GitIgnoreSpec.from_lines(lines)
    except ValueError:
        return GitIgnoreSpec.from_lines([line for line in lines if _is_rule(line)])


def _is_rule(line: str) -> bool:
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        log.warning("%r is no rule of a .gitignore", line)
        return False
    return True
