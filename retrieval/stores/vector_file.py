"""The vectors of one collection in a file that is mapped into memory: what an exact scan reads. Nothing is kept only here.

A page with a header, then a record for each chunk: its id, the digest of its vector, the vector in float32. Records are
appended; that of a chunk which is gone is blanked where it stands (id -1, zeros). The header is written last: whatever a
killed writer has left behind it is not counted. A header that is torn, foreign, or of another state of the collection is
seen for that.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ...storage import make_private_file, make_private_folder
from ..docstore import DIGEST_BYTES
from ..types import Vectors

_MAGIC = b"ayllu vectors 1\n"
_PAGE = 4096
_GONE = -1
Records = NDArray[np.void]  # fields: id, digest, vector


@dataclass(frozen=True, slots=True)
class Header:
    """What the records are."""

    library: str  # the namespace of the library they are of
    collection: int
    embedder: str
    dimensions: int
    state: str  # of the collection, in hexadecimal
    records: int = 0
    gone: int = 0  # records that are blank

    def is_of(self, other: Header) -> bool:
        """Whether vectors of both can stand in one file."""
        return replace(self, state="", records=0, gone=0) == replace(other, state="", records=0, gone=0)

    def to_page(self) -> bytes:
        text = json.dumps(asdict(self)).encode()
        return (_MAGIC + zlib.crc32(text).to_bytes(4) + len(text).to_bytes(4) + text).ljust(_PAGE, b"\0")

    @classmethod
    def from_page(cls, page: bytes) -> Self | None:
        """None where this is no header, or a torn one."""
        start = len(_MAGIC) + 8
        length = int.from_bytes(page[start - 4 : start])
        text = page[start : start + length]
        if not page.startswith(_MAGIC) or zlib.crc32(text) != int.from_bytes(page[start - 8 : start - 4]):
            return None
        try:
            return cls(**json.loads(text))
        except (TypeError, ValueError):
            return None


def record_type(dimensions: int) -> np.dtype[np.void]:
    """`digest` is of bytes, for an array of fixed strings would drop zeros at the end."""
    return np.dtype([("id", "<i8"), ("digest", "u1", (DIGEST_BYTES,)), ("vector", "<f4", (dimensions,))])


def read(path: Path) -> tuple[Header, Records] | None:
    """The header and the records, mapped; None where there is no such file, or none that can be used."""
    try:
        with path.open("rb") as file:
            header = Header.from_page(file.read(_PAGE))
            if header is None:
                return None
            records = _map(path, header, "r")
    except (OSError, ValueError):  # not there, not to be read, shorter than it says
        return None
    return header, records


def write(path: Path, header: Header, batches: Iterable[Records]) -> None:
    """Write a new file in the place of what is there: whole or not at all. Who has mapped the old one keeps it.

    Raises:
        OSError: there is no room, or no right to write there.
    """
    make_private_folder(path.parent)
    scratch = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        make_private_file(scratch)
        with scratch.open("r+b") as file:
            file.seek(_PAGE)
            written = _append(file, batches)
            file.seek(0)
            file.write(replace(header, records=written, gone=0).to_page())
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(path)
    except BaseException:
        scratch.unlink(missing_ok=True)
        raise


def change(path: Path, before: Header, after: Header, gone: NDArray[np.intp], batches: Iterable[Records]) -> None:
    """Blank the records in the places `gone`, append others, and call the file's state that of `after`.

    Raises:
        OSError: there is no room, or no right to write there; what the file then holds is of no state.
    """
    with path.open("r+b") as file:
        file.write(replace(before, state="").to_page())
    if len(gone):
        records = _map(path, before, "r+")
        records["id"][gone] = _GONE
        records["vector"][gone] = 0
        records.flush()
        del records
    with path.open("r+b") as file:
        file.truncate(_PAGE + before.records * record_type(before.dimensions).itemsize)  # what a killed writer left
        file.seek(0, os.SEEK_END)
        written = _append(file, batches)
        file.flush()
        os.fsync(file.fileno())
        file.seek(0)
        file.write(replace(after, records=before.records + written, gone=before.gone + len(gone)).to_page())


def sweep(folder: Path) -> None:
    """Delete what a killed writer left half written."""
    for scratch in folder.glob(".*"):
        with contextlib.suppress(OSError):
            scratch.unlink()


def _map(path: Path, header: Header, mode: Any) -> Any:
    dtype = record_type(header.dimensions)
    if not header.records:
        return np.zeros(0, dtype)
    return np.memmap(path, dtype, mode, offset=_PAGE, shape=(header.records,))


def _append(file: Any, batches: Iterable[Records]) -> int:
    written = 0
    for records in batches:
        file.write(records.tobytes())
        written += len(records)
    return written


def join_columns(ids: Sequence[int], digests: NDArray[np.uint8], vectors: Vectors) -> Records:
    """Records of these columns."""
    records = np.zeros(len(vectors), record_type(vectors.shape[1]))
    records["id"], records["digest"], records["vector"] = ids, digests, vectors
    return records
