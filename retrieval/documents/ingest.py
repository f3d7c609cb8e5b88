"""Documents into the library: read, cut, embedded and written one source at a time, so that an interrupt loses nothing."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...text import size
from ..docstore.records import ChunkRecord, SourceInfo, SourceRecord
from .chunking import chunk
from .parsers import Unreadable, parse
from .walking import Item, Missing, is_url, walk

if TYPE_CHECKING:
    from ..library import Library

_BATCH_CHUNKS = 64  # embedded together, over several documents
_URL_TIMEOUT_S = 20.0
Progress = Callable[[str, int, int | None], None]
log = logging.getLogger(__name__)


@dataclass(slots=True)
class IngestReport:
    """What one ingest did. `failed` names what could not be read, and why; the rest was done."""

    documents: int = 0  # readable sources found
    unchanged: int = 0
    updated: int = 0
    removed: int = 0
    chunks: int = 0  # written now
    failed: list[dict[str, str]] = field(default_factory=list)
    seconds: float = 0.0
    interrupted: bool = False

    def to_json(self) -> dict[str, Any]:
        rate = round(self.chunks / self.seconds, 1) if self.seconds else 0.0
        return {**asdict(self), "seconds": round(self.seconds, 3), "chunks_per_second": rate}


def ingest(
    library: Library,
    paths: Sequence[str],
    *,
    collection: str,
    chunk_tokens: int = 200,
    max_file_bytes: int = 50_000_000,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> IngestReport:
    """Read what `paths` name into `collection`.

    What is there already with the same content is left alone; changed content is replaced; what was taken from the same path
    before and is gone from it is removed, unless the path itself is missing. `should_stop` is asked between documents.

    Raises:
        LibraryBusy: another process is writing.
    """
    began = time.perf_counter()
    report = IngestReport()
    with library.writing():
        library.reembed(progress)
        work = _Work(library, collection, chunk_tokens, report)
        items = _items(paths, report)
        known = library.known_sources(collection)
        for at, item in enumerate(items):
            if should_stop is not None and should_stop():
                report.interrupted = True
                break
            if progress is not None:
                progress(Path(item.source).name, at, len(items))
            try:
                _read_one(work, item, known, max_file_bytes)
            except Unreadable as error:
                report.failed.append({"source": item.source, "error": str(error) + _kept(item, known)})
            except OSError as error:
                report.failed.append({"source": item.source, "error": f"{error.strerror or error}{_kept(item, known)}"})
            except Exception as error:  # an edge: one document's parser must not end the others
                log.warning("%s could not be read", item.source, exc_info=True)
                report.failed.append({"source": item.source, "error": f"its parser failed: {error}{_kept(item, known)}"})
        work.flush()
        if not report.interrupted:
            _remove_gone(library, collection, items, paths, report)
        if progress is not None:
            progress("done", len(items), len(items))
    report.seconds = time.perf_counter() - began
    return report


class _Work:
    """Documents whose chunks wait to be embedded together."""

    def __init__(self, library: Library, collection: str, chunk_tokens: int, report: IngestReport) -> None:
        self.library = library
        self.collection = collection
        self.report = report
        self.chunk_tokens = min(chunk_tokens, library.embedder.max_tokens)
        self._waiting: list[tuple[SourceRecord, list[ChunkRecord]]] = []

    def add(self, source: SourceRecord, chunks: list[ChunkRecord]) -> None:
        self._waiting.append((source, chunks))
        if sum(len(waiting) for _, waiting in self._waiting) >= _BATCH_CHUNKS:
            self.flush()

    def flush(self) -> None:
        waiting, self._waiting = self._waiting, []
        vectors = self.library.embedder.embed([one.text for _, chunks in waiting for one in chunks])
        at = 0
        for source, chunks in waiting:
            self.library.write_source(self.collection, source, chunks, vectors[at : at + len(chunks)])
            at += len(chunks)
            self.report.chunks += len(chunks)


def _items(paths: Sequence[str], report: IngestReport) -> list[Item]:
    items: list[Item] = []
    for found in walk(paths):
        if isinstance(found, Missing):
            report.failed.append({"source": found.source, "error": found.error})
        else:
            items.append(found)
    return items


def _read_one(work: _Work, item: Item, known: Mapping[str, SourceInfo], max_file_bytes: int) -> None:
    before = known.get(item.source)
    if is_url(item.source):
        content, mtime_ns = _fetch(item.source, max_file_bytes), 0
    else:
        facts = Path(item.source).stat()
        if before is not None and (before.mtime_ns, before.size) == (facts.st_mtime_ns, facts.st_size):
            work.report.documents += 1
            work.report.unchanged += 1
            return
        if facts.st_size > max_file_bytes:
            raise Unreadable(
                f"it has {size(facts.st_size)}, and files above {size(max_file_bytes)} are left out"
                " (`retrieval.max_file_bytes`)"
            )
        content, mtime_ns = Path(item.source).read_bytes(), facts.st_mtime_ns
    digest = hashlib.sha256(content).hexdigest()
    if before is not None and before.sha256 == digest:
        work.library.touch_source(work.collection, item.source, mtime_ns)
        work.report.documents += 1
        work.report.unchanged += 1
        return
    parsed = parse(_name(item.source), content)
    chunks = chunk(parsed, max_tokens=work.chunk_tokens, token_offsets=work.library.embedder.token_offsets)
    record = SourceRecord(item.source, item.root, digest, parsed.media_type, parsed.text, mtime_ns, len(content))
    work.add(record, chunks)
    work.report.documents += 1
    work.report.updated += before is not None


def _remove_gone(
    library: Library, collection: str, items: Sequence[Item], paths: Sequence[str], report: IngestReport
) -> None:
    """Remove what an earlier ingest took from the same folders and what is not there any more."""
    found = {item.source for item in items} | {failure["source"] for failure in report.failed}
    for name in dict.fromkeys(paths):
        if is_url(name) or not Path(name).expanduser().is_dir():
            continue
        root = str(Path(name).expanduser().resolve())
        for source in library.known_sources(collection, root):
            if source not in found and not Path(source).exists():
                library.remove_source(collection, source)
                report.removed += 1


def _fetch(url: str, max_file_bytes: int) -> bytes:
    import httpx

    try:
        with httpx.stream("GET", url, follow_redirects=True, timeout=_URL_TIMEOUT_S) as answer:
            answer.raise_for_status()
            content = b""
            for block in answer.iter_bytes():
                content += block
                if len(content) > max_file_bytes:
                    raise Unreadable(f"it has more than {size(max_file_bytes)}")
            return content
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unreadable(f"it could not be fetched: {error or type(error).__name__}") from error


def _name(source: str) -> str:
    """A page without an ending is HTML."""
    if is_url(source):
        path = source.split("?")[0].split("#")[0]
        return path if "." in path.rsplit("/", 1)[-1] and path.count("/") > 2 else f"{path}.html"
    return source


def _kept(item: Item, known: Mapping[str, SourceInfo]) -> str:
    return "; what was read of it before is kept" if item.source in known else ""
