"""What killed commands leave in the registry's folder: unfinished training, half gathered or half deleted adapters, scratch.

Unfinished training is taken up by the next `improve` on the same data, so it is a leftover only once it is old.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

_PLACES = (".work/*", ".gone-*", ".active.json.*", "*/.entry.json.*")


def find_leftovers(folder: Path, older_than_s: float) -> Sequence[Path]:
    """Files and folders below the registry's `folder` that nobody has written to for `older_than_s` seconds.

    Whoever is learning writes to such a folder: look only while nobody is.
    """
    since = time.time() - older_than_s
    return [path for place in _PLACES for path in sorted(folder.glob(place)) if _touched(path) <= since]


def _touched(path: Path) -> float:
    """When anything in it was last written."""
    return max(one.lstat().st_mtime for one in (path, *path.rglob("*")))
