"""Which files are archives by their names, and how much of one is read."""

from __future__ import annotations

ZIP_ENDINGS = (".zip",)
TAR_ENDINGS = (
    *(".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tbz", ".tar.xz", ".txz"),
    *(".tar.zst", ".tzst"),
)
MOST_MEMBERS = 2_000
MOST_BYTES = 500_000_000  # unpacked, of all members


def is_archive(name: str) -> bool:
    return name.lower().endswith((*ZIP_ENDINGS, *TAR_ENDINGS))
