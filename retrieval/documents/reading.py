"""The content of one file or address."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...text import size
from .parsers import Unreadable
from .walking import is_url

_URL_TIMEOUT_S = 20.0


@dataclass(frozen=True, slots=True)
class FileState:
    """What tells, without reading it, whether a file has changed."""

    mtime_ns: int
    size: int  # bytes


def look_at(source: str) -> FileState | None:
    """The state of a file; None for an address, which has to be read."""
    if is_url(source):
        return None
    state = Path(source).stat()
    return FileState(state.st_mtime_ns, state.st_size)


def read(source: str, state: FileState | None, max_bytes: int) -> bytes:
    """All bytes of a file in this state, or of what an address gives.

    Raises:
        Unreadable: there are more than `max_bytes`, or the address gives nothing.
        OSError: the file cannot be read.
    """
    if state is None:
        return _fetch(source, max_bytes)
    if state.size > max_bytes:
        raise Unreadable(
            f"it has {size(state.size)}, and files above {size(max_bytes)} are left out (`retrieval.max_file_bytes`)"
        )
    return Path(source).read_bytes()


def name_for_parser(source: str) -> str:
    """The name whose ending says what a source should be: a page without an ending is HTML."""
    if not is_url(source):
        return source
    path = source.split("?")[0].split("#")[0]
    return path if "." in path.rsplit("/", 1)[-1] and path.count("/") > 2 else f"{path}.html"


def _fetch(url: str, max_bytes: int) -> bytes:
    import httpx

    try:
        with httpx.stream("GET", url, follow_redirects=True, timeout=_URL_TIMEOUT_S) as response:
            response.raise_for_status()
            content = b""
            for block in response.iter_bytes():
                content += block
                if len(content) > max_bytes:
                    raise Unreadable(f"it has more than {size(max_bytes)}")
            return content
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unreadable(f"it could not be fetched: {error or type(error).__name__}") from error
