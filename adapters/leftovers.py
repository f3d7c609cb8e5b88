"""What killed commands leave in the registry's folder: unfinished training, half gathered or half deleted adapters, scratch.

Unfinished training is taken up by the next `improve` on the same data, so it is a leftover only once it is old.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

_PATTERNS = (".work/*", ".gone-*", ".active.json.*", "*/.entry.json.*")


def find_leftovers(folder: Path, older_than_s: float) -> Sequence[Path]:
    """Files and folders below the registry's `folder` that nobody has written to for `older_than_s` seconds.

    Whoever is learning writes to such a folder: look only while nobody is.
    """
    since = time.time() - older_than_s
    return [path for pattern in _PATTERNS for path in sorted(folder.glob(pattern)) if _last_written(path) <= since]


def _last_written(path: Path) -> float:
    """When anything in it was last written."""
    return max(entry.lstat().st_mtime for entry in (path, *path.rglob("*")))
