"""How often mostly the same questions have decided about an adapter: who looks often enough promotes by chance.

Kept in the registry's folder as ids of questions, nothing else, and longer than the adapters themselves: deleting a
candidate gives no look back.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from ..storage import make_private_folder, write_private

if TYPE_CHECKING:
    from pydantic import TypeAdapter

log = logging.getLogger(__name__)
_FILE = "looks.json"
_MOSTLY = 0.5  # of the questions that were asked before
_Looks = dict[str, list[list[str]]]  # of each base model, oldest first


class Looks:
    """Those of one registry. One process learns at a time, so that none writes beside another."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / _FILE

    def number(self, base: str, questions: Collection[str]) -> int:
        """The how many-th look at mostly these questions the next one is, from 1."""
        hashes = _hashes(questions)
        return 1 + sum(len(hashes.intersection(look)) > _MOSTLY * len(hashes) for look in self._read().get(base, []))

    def add(self, base: str, questions: Collection[str]) -> None:
        """Keep that these questions have decided."""
        looks = self._read()
        looks.setdefault(base, []).append(sorted(_hashes(questions)))
        make_private_folder(self._file.parent)
        write_private(self._file, _checker().dump_json(looks).decode())

    def _read(self) -> _Looks:
        try:
            return _checker().validate_json(self._file.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            log.warning("%s cannot be read: the looks before are not counted", self._file, exc_info=True)
            return {}


def _hashes(questions: Collection[str]) -> set[str]:
    """Short ones: a log of thousands is looked at often."""
    return {hashlib.sha256(question.encode()).hexdigest()[:12] for question in questions}


def _checker() -> TypeAdapter[_Looks]:
    from pydantic import TypeAdapter

    return TypeAdapter(_Looks)
