"""What the library holds already under another name: a file that has moved, or has an equal, is not embedded again."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from pathlib import Path

from ..docstore import DocStore, Moved, Reading, SourceInfo
from .adding import Document
from .volumes import is_mounted


class KnownContents:
    """The sources of one collection by what they contain. Used under the library's lock."""

    def __init__(
        self, docstore: DocStore, collection: str, known: Mapping[str, SourceInfo], present: Collection[str]
    ) -> None:
        """`present`: what is read or looked at in this run, and so has not moved away."""
        self.moved: set[str] = set()  # sources that are known by another name now
        self._docstore = docstore
        self._collection = collection
        self._known = known
        self._present = present
        self._names = {(info.sha256, info.reading, info.title): info.source for info in known.values() if info.sha256}

    def note(self, document: Document, reading: Reading) -> None:
        """A document that has just been written."""
        self._names.setdefault((document.sha256, reading, document.parsed.title), document.source)

    def take(self, document: Document, reading: Reading) -> int | None:
        """Put the chunks of an equal document in; how many are new, or None where there is no such document.

        Where the file of that one is gone, its chunks become those of `document`; else they are copied.
        """
        key = (document.sha256, reading, document.parsed.title)
        name = self._names.get(key)
        if name is None or name == document.source:
            return None
        place = Moved(document.source, document.root, document.mtime_ns, document.volume)
        if not self._has_left(name):
            return self._docstore.copy_source(self._collection, name, place)
        self._docstore.move_source(self._collection, name, place)
        self.moved.add(name)
        self._names[key] = document.source
        return 0

    def _has_left(self, name: str) -> bool:
        info = self._known.get(name)
        gone = name not in self._present and not os.path.lexists(name) and Path(name).is_absolute()
        return info is not None and gone and is_mounted(info.volume)
