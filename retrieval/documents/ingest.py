"""What a person names, brought into a collection: read source by source, so that an interrupt loses nothing."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..docstore import DocStore, SourceInfo
from ..embedders import Embedder
from .adding import CHUNK_TOKENS, Adder, Document
from .parsers import Unreadable, parse
from .reading import look_at, name_for_parser, read
from .walking import Item, Missing, is_url, walk

MAX_FILE_BYTES = 50_000_000
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
    docstore: DocStore,
    embedder: Embedder,
    paths: Sequence[str],
    *,
    collection: str,
    chunk_tokens: int = CHUNK_TOKENS,
    max_file_bytes: int = MAX_FILE_BYTES,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> IngestReport:
    """See `Library.ingest`, under whose lock this runs. How long it took is not filled in."""
    report = IngestReport()
    items = _walk(paths, report)
    reader = _Reader(docstore, Adder(docstore, embedder, chunk_tokens=chunk_tokens), collection, max_file_bytes, report)
    for at, item in enumerate(items):
        if should_stop is not None and should_stop():
            report.interrupted = True
            break
        if progress is not None:
            progress(Path(item.source).name, at, len(items))
        reader.read(item)
    reader.finish()
    if not report.interrupted:
        _remove_gone(docstore, collection, items, paths, report)
    if progress is not None:
        progress("done", len(items), len(items))
    return report


class _Reader:
    """Reads one source after the other, and notes in the report what became of it."""

    def __init__(self, docstore: DocStore, adder: Adder, collection: str, max_file_bytes: int, report: IngestReport) -> None:
        self._docstore = docstore
        self._adder = adder
        self._collection = collection
        self._max_file_bytes = max_file_bytes
        self._report = report
        self._sources: Mapping[str, SourceInfo] = docstore.known_sources(collection)

    def read(self, item: Item) -> None:
        try:
            document = self._read_if_changed(item)
        except Unreadable as error:
            self._note_failure(item, str(error))
        except OSError as error:
            self._note_failure(item, error.strerror or str(error))
        except Exception as error:  # an edge: one document's parser must not end the others
            log.warning("%s could not be read", item.source, exc_info=True)
            self._note_failure(item, f"its parser failed: {error}")
        else:
            self._report.documents += 1
            if document is None:
                self._report.unchanged += 1
                return
            self._report.updated += item.source in self._sources
            self._adder.add(document)

    def finish(self) -> None:
        self._adder.flush()
        self._report.chunks = self._adder.written

    def _read_if_changed(self, item: Item) -> Document | None:
        """The document, or None where the library holds it as it is."""
        if not _can_be_kept(item.source):
            raise Unreadable("its name is not UTF-8; rename it")
        before = self._sources.get(item.source)
        state = look_at(item.source)
        if before is not None and state is not None and (before.mtime_ns, before.size) == (state.mtime_ns, state.size):
            return None
        content = read(item.source, state, self._max_file_bytes)
        mtime_ns = state.mtime_ns if state is not None else 0
        digest = hashlib.sha256(content).hexdigest()
        if before is not None and before.sha256 == digest:
            self._docstore.touch_source(self._collection, item.source, mtime_ns)
            return None
        parsed = parse(name_for_parser(item.source), content)
        return Document(self._collection, item.source, item.root, parsed, digest, mtime_ns, len(content))

    def _note_failure(self, item: Item, reason: str) -> None:
        kept = "; what was read of it before is kept" if item.source in self._sources else ""
        self._report.failed.append({"source": item.source, "error": reason + kept})


def _can_be_kept(name: str) -> bool:
    """Whether a name is text: the library keeps no other, and a system may allow any bytes."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _walk(paths: Sequence[str], report: IngestReport) -> list[Item]:
    items: list[Item] = []
    for entry in walk(paths):
        if isinstance(entry, Missing):
            report.failed.append({"source": entry.source, "error": entry.error})
        else:
            items.append(entry)
    return items


def _remove_gone(
    docstore: DocStore, collection: str, items: Sequence[Item], paths: Sequence[str], report: IngestReport
) -> None:
    """Remove what an earlier ingest took from the same folders and what is not there any more."""
    present = {item.source for item in items} | {failure["source"] for failure in report.failed}
    for name in dict.fromkeys(paths):
        if is_url(name) or not Path(name).expanduser().is_dir():
            continue
        root = str(Path(name).expanduser().resolve())
        if not _can_be_kept(root):
            continue
        for source in docstore.known_sources(collection, root):
            if source not in present and not Path(source).exists():
                docstore.remove_source(collection, source)
                report.removed += 1
