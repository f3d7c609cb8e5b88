"""What a person names, brought into a collection: read source by source, so that an interrupt loses nothing."""

from __future__ import annotations

import contextlib
import hashlib
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from ...errors import AylluError
from ...redaction import redact
from ...storage import DatabaseDamaged, DatabaseUnavailable
from ..docstore import DocStore, SourceInfo
from ..embedders import Embedder
from .adding import CHUNK_TOKENS, Adder, Document, Refusal
from .omitting import Omissions
from .parsers import Unreadable, parse, parser_of
from .reading import FileState, look_at, read
from .removal import find_gone
from .volumes import Volumes
from .walking import Item, Missing, local_path, walk

MAX_FILE_BYTES = 50_000_000
_KEPT = "; what was read of it before is kept"
Progress = Callable[[str, int, int | None], None]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class IngestOptions:
    """How documents are read. What was read otherwise before is read anew."""

    chunk_tokens: int = CHUNK_TOKENS
    max_file_bytes: int = MAX_FILE_BYTES
    follow_links: bool = False  # out of the folders that are named
    hidden: bool = False  # hidden files and folders are read
    rules: bool = True  # `.gitignore` and `.aylluignore` are honoured
    force: bool = False  # read anew, changed or not


@dataclass(slots=True)
class IngestReport:
    """What one ingest did, counted where it was done. `failed` names what is not in, and why; the rest is."""

    documents: int = 0  # in the library now: written, or there already
    unchanged: int = 0
    updated: int = 0
    removed: int = 0
    chunks: int = 0  # written now
    failed: list[dict[str, str]] = field(default_factory=list)
    seconds: float = 0.0
    interrupted: bool = False
    obstacle: AylluError | None = None  # why nothing more was tried: the embedder or the disk refused everything

    def to_json(self) -> dict[str, Any]:
        shown = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "obstacle"}
        rate = round(self.chunks / self.seconds, 1) if self.seconds else 0.0
        return {**shown, "seconds": round(self.seconds, 3), "chunks_per_second": rate}

    def note_failure(self, source: str, error: str) -> None:
        self.failed.append({"source": source, "error": redact(error)})


def ingest_documents(
    docstore: DocStore,
    embedder: Embedder,
    paths: Sequence[str],
    *,
    collection: str,
    options: IngestOptions,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> IngestReport:
    """See `Library.ingest`, under whose lock this runs. How long it took is not filled in."""
    report = IngestReport()
    known = docstore.known_sources(collection)
    omissions = Omissions(options.hidden, options.rules)
    items, unseen = _walk(paths, known, report, omissions, follow_links=options.follow_links)
    reader = _Reader(docstore, embedder, collection, options, known, report)
    for at, item in enumerate(items):
        if should_stop is not None and should_stop():
            report.interrupted = True
            break
        if progress is not None:
            progress(Path(item.source).name, at, len(items))
        reader.read(item)
    reader.finish()
    if not report.interrupted:
        present = (item.source for item in items)
        gone, kept = find_gone(known, paths, present=present, unseen=unseen, omissions=omissions)
        _remove(docstore, collection, gone, report)
        for folder in kept:
            report.note_failure(folder.source, folder.error)
    if progress is not None:
        progress("done", len(items), len(items))
    return report


class _Reader:
    """Reads one source after the other, and notes in the report what became of it."""

    def __init__(
        self,
        docstore: DocStore,
        embedder: Embedder,
        collection: str,
        options: IngestOptions,
        known: Mapping[str, SourceInfo],
        report: IngestReport,
    ) -> None:
        self._docstore = docstore
        self._collection = collection
        self._options = options
        self._report = report
        self._known = known
        self._volumes = Volumes()
        self._adder = Adder(
            docstore,
            embedder,
            chunk_tokens=options.chunk_tokens,
            on_written=self._note_written,
            on_refusal=self._note_refusal,
        )

    def read(self, item: Item) -> None:
        try:
            document = self._read_if_changed(item)
        except Unreadable as error:
            self._note_failure(item.source, str(error))
        except OSError as error:
            self._note_failure(item.source, error.strerror or str(error))
        except (DatabaseUnavailable, DatabaseDamaged) as error:
            self._adder.obstacle = error
            self._note_failure(item.source, error.message)
        except AylluError as error:
            self._note_failure(item.source, error.message)
        except Exception as error:  # an edge: one document's parser must not end the others
            log.warning("%s could not be read", item.source, exc_info=True)
            self._note_failure(item.source, f"its parser failed: {error}")
        else:
            if document is None:
                self._report.documents += 1
                self._report.unchanged += 1
            else:
                self._adder.add(document)

    def finish(self) -> None:
        self._adder.flush()
        self._report.obstacle = self._adder.obstacle

    def _read_if_changed(self, item: Item) -> Document | None:
        """The document, or None where the library holds it as it is, read as it would be now."""
        if not (_can_be_kept(item.source) and _can_be_kept(item.root)):
            raise Unreadable("its name is not UTF-8; rename it")
        state = look_at(item.source)
        before = None if self._options.force else self._known.get(item.source)
        mtime_ns, volume = (0, "") if state is None else (state.mtime_ns, self._volumes.of(Path(item.source)))
        if before is not None and state is not None and self._is_as_before(before, state):
            if before.volume != volume:  # not known of what an earlier version read
                with contextlib.suppress(DatabaseUnavailable):  # the next ingest notes it
                    self._docstore.touch_source(self._collection, item.source, mtime_ns=mtime_ns, volume=volume)
            return None
        content, kind = read(item.address or item.source, state, self._options.max_file_bytes)
        digest = hashlib.sha256(content).hexdigest()
        if before is not None and before.sha256 == digest and self._is_read_as_now(before):
            self._docstore.touch_source(self._collection, item.source, mtime_ns=mtime_ns, volume=volume)
            return None
        if self._adder.obstacle is not None:
            raise self._adder.obstacle
        parsed = parse(item.source, content, kind)
        return Document(self._collection, item.source, item.root, parsed, digest, mtime_ns, len(content), volume)

    def _is_as_before(self, before: SourceInfo, state: FileState) -> bool:
        return self._is_read_as_now(before) and (before.mtime_ns, before.size) == (state.mtime_ns, state.size)

    def _is_read_as_now(self, before: SourceInfo) -> bool:
        return before.reading == self._adder.reading_by(parser_of(before.source, before.reading.parser))

    def _note_written(self, document: Document, chunks: int) -> None:
        self._report.documents += 1
        self._report.updated += document.source in self._known
        self._report.chunks += chunks

    def _note_refusal(self, refusal: Refusal) -> None:
        self._note_failure(refusal.document.source, refusal.reason)

    def _note_failure(self, source: str, reason: str) -> None:
        self._report.note_failure(source, reason + (_KEPT if source in self._known else ""))


def _remove(docstore: DocStore, collection: str, gone: Sequence[str], report: IngestReport) -> None:
    for source in gone:
        try:
            docstore.remove_source(collection, source)
        except AylluError as error:
            report.obstacle = error
            report.note_failure(source, f"the file is gone, but it could not be removed: {error.message}")
        else:
            report.removed += 1


def _can_be_kept(name: str) -> bool:
    """Whether a name is text: the library keeps no other, and a system may allow any bytes."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _walk(
    paths: Sequence[str],
    known: Mapping[str, SourceInfo],
    report: IngestReport,
    omissions: Omissions,
    *,
    follow_links: bool,
) -> tuple[list[Item], Collection[Path]]:
    """The documents, and the paths that cannot be looked at, which are noted."""
    items: list[Item] = []
    missing: dict[Path, Missing] = {}
    for entry in walk(paths, follow_links=follow_links, omissions=omissions):
        if isinstance(entry, Missing):
            missing[local_path(entry.source) or Path(entry.source)] = entry
        else:
            items.append(entry)
    read_before = {place for source in known if missing for place in (Path(source), *Path(source).parents)}
    for path, entry in missing.items():
        report.note_failure(entry.source, entry.error + (_KEPT if path in read_before else ""))
    return items, missing.keys()
