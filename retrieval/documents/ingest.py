"""What a person names, brought into a collection. Reading, embedding and writing overlap; a stop loses nothing written."""

from __future__ import annotations

import contextlib
import logging
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import AylluError
from ...storage import DatabaseDamaged, DatabaseUnavailable
from ..docstore import DocStore, Reading, SourceInfo
from ..embedders import Embedder
from .adding import BATCH_CHUNKS, Adder, Document, Refusal
from .estimate import Estimate
from .known_contents import KnownContents
from .listing import KEPT, Lister
from .omitting import Omissions
from .parsers import Parsed, parser_of, plugin_problems
from .reading import FileState, look_at
from .removal import find_gone
from .report import IngestOptions, IngestReport, Progress
from .volumes import Volumes
from .walking import Item

if TYPE_CHECKING:
    from .parsing import Outcome, ParsingPool, Pending

_AHEAD, _AHEAD_BYTES = (
    32,
    32_000_000,
)  # documents that are being parsed or wait to be cut, and how large they may be together
_PAGE_BYTES = 50_000  # what is expected of an address
_TICK_S = 0.1
_SHARES = 1000
log = logging.getLogger(__name__)


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
    reader = _Reader(docstore, embedder, collection, options, known, report, progress, should_stop)
    items: Sequence[Item] = ()
    unseen: Collection[Path] = ()
    with Lister(omissions, reader.note_step, follow_links=options.follow_links) as lister:
        try:
            items, unseen = lister.list(paths, known, report.note_failure)
        except _Stopped:
            report.interrupted = True
        else:
            reader.read(items)
    if not report.interrupted:
        present = (item.source for item in items)
        known = {name: info for name, info in known.items() if name not in reader.moved}
        gone, kept = find_gone(known, paths, present=present, unseen=unseen, omissions=omissions)
        _remove(docstore, collection, gone, report, should_stop)
        for folder in kept:
            report.note_failure(folder.source, folder.error)
    report.sort({item.source: at for at, item in enumerate(items)})
    for package, problem in plugin_problems().items():
        report.note(package, problem)
    if progress is not None and not report.interrupted:
        progress("done", _SHARES, _SHARES)
    return report


class _Stopped(Exception):
    """The person does not want to go on."""


@dataclass(slots=True)
class _Reading:
    """A document on its way to being cut."""

    item: Item
    size: int  # bytes, as far as known
    volume: str
    pending: Pending | None  # None: it was read at once
    outcome: Outcome | None


class _Reader:
    """Reads documents, several ahead of what is cut and embedded, and notes in the report what became of each."""

    def __init__(
        self,
        docstore: DocStore,
        embedder: Embedder,
        collection: str,
        options: IngestOptions,
        known: Mapping[str, SourceInfo],
        report: IngestReport,
        progress: Progress | None,
        should_stop: Callable[[], bool] | None,
    ) -> None:
        self._docstore = docstore
        self._collection = collection
        self._options = options
        self._report = report
        self._known = known
        self._progress = progress
        self._should_stop = should_stop
        self._present: set[str] = set()
        self._contents = KnownContents(docstore, collection, known, self._present)
        self._volumes = Volumes()
        self._estimate = Estimate(options.ocr_languages)
        self._at_hand: _Reading | None = None
        self._adder = Adder(
            docstore,
            embedder,
            chunk_tokens=options.chunk_tokens,
            on_written=self._note_written,
            on_refusal=self._note_refusal,
            on_wait=self._tick,
            batch_chunks=BATCH_CHUNKS,
        )

    @property
    def moved(self) -> Collection[str]:
        """Sources that are known by another name now."""
        return self._contents.moved

    def note_step(self, step: str) -> None:
        """What is being done before the documents are known; nothing: it goes on. See `_tick`."""
        self._tick()
        if step and self._progress is not None:
            self._progress(step, 0, None)

    def read(self, items: Sequence[Item]) -> None:
        """What has been written when the person stops it stays; nothing else is waited for."""
        self._present.update(item.source for item in items)
        try:
            if changed := self._changed(items):
                from .parsing import ParsingPool  # where nothing has changed, none of it is loaded

                with ParsingPool(self._options.bounds) as pool:
                    self._read_all(changed, pool)
            self._adder.flush()
        except _Stopped:
            self._report.interrupted = True
            self._adder.write_embedded()
        finally:
            self._adder.close()
        self._report.obstacle = self._adder.obstacle

    def _changed(self, items: Sequence[Item]) -> list[tuple[Item, FileState | None]]:
        """Those that have to be read; the others are noted."""
        changed: list[tuple[Item, FileState | None]] = []
        for item in items:
            self._tick()
            with self._noting(item):
                state = look_at(item.source, item.size)
                if not (_can_be_kept(item.source) and _can_be_kept(item.root)):
                    self._note_failure(item.source, "its name is not UTF-8; rename it")
                elif state is not None and self._is_as_before(item, state):
                    self._note_unchanged()
                else:
                    changed.append((item, state))
                    self._estimate.expect(item.source, _PAGE_BYTES if state is None else state.size)
        return changed

    def _read_all(self, changed: Sequence[tuple[Item, FileState | None]], pool: ParsingPool) -> None:
        waiting = iter(changed)
        ahead: deque[_Reading] = deque()
        next_up = next(waiting, None)
        while ahead or next_up is not None:
            while next_up is not None and len(ahead) < _AHEAD:
                size = _PAGE_BYTES if next_up[1] is None else next_up[1].size
                if ahead and sum(reading.size for reading in ahead) + size > _AHEAD_BYTES:
                    break
                with self._noting(next_up[0]):
                    ahead.append(self._begin(next_up[0], size, pool))
                next_up = next(waiting, None)
            if ahead:
                self._at_hand = reading = ahead.popleft()
                with self._noting(reading.item):
                    self._end(reading)

    def _begin(self, item: Item, size: int, pool: ParsingPool) -> _Reading:
        from .parsing import Task, perform_quickly

        before = self._before(item)
        unless = before.sha256 if before is not None and self._is_read_as_now(before) else ""
        volume = "" if item.address is not None else self._volumes.of(Path(item.source))
        options = self._options
        task = Task(
            item.source,
            options.max_file_bytes,
            unless,
            converter=options.converter,
            ocr_languages=options.ocr_languages,
            place=item.place,
            validators=before.validators if before is not None and unless else "",
        )
        outcome = perform_quickly(task, size) if item.address is None else None
        pending = None if outcome is not None else pool.submit(task, None if item.place else item.address)
        return _Reading(item, size, volume, pending, outcome)

    def _end(self, reading: _Reading) -> None:
        """Wait until it is parsed, then cut it."""
        item = reading.item
        outcome = reading.outcome or self._wait_for(reading.pending)
        self._tick()
        if outcome.trace:
            log.warning("%s could not be read:\n%s", item.source, outcome.trace)
        passages: int | None = 0
        if outcome.error:
            self._note_failure(item.source, outcome.error, trifle=outcome.trifle and len(self._present) > 1)
        elif outcome.parsed is None:
            self._docstore.touch_source(
                *(self._collection, item.source),
                mtime_ns=outcome.mtime_ns,
                volume=reading.volume,
                validators=outcome.validators,
            )
            self._note_unchanged()
            passages = None
        else:
            passages = self._add(self._document(reading, outcome, outcome.parsed))
        self._estimate.note_read(item.source, reading.size, passages)

    def _add(self, document: Document) -> int | None:
        """Returns how many passages are to be embedded; None where it is known under another name."""
        before = self._known.get(document.source)
        if before is None and (chunks := self._contents.take(document, self._reading_of(document))) is not None:
            self._report.moved += 1
            self._note_written(document, chunks)
            return None
        if self._adder.obstacle is not None:
            raise self._adder.obstacle
        return self._adder.add(document)

    def _reading_of(self, document: Document) -> Reading:
        return self._adder.reading_by(document.parsed.parser)

    def _document(self, reading: _Reading, outcome: Outcome, parsed: Parsed) -> Document:
        item, state = reading.item, (outcome.sha256, outcome.mtime_ns, outcome.size, reading.volume, outcome.validators)
        return Document(self._collection, item.source, item.root, parsed, *state)

    def _wait_for(self, pending: Pending | None) -> Outcome:
        assert pending is not None  # what was not read at once was handed in
        while True:
            try:
                return pending.future.result(_TICK_S)
            except TimeoutError:
                self._tick()
                self._adder.write_ready()

    def _tick(self) -> None:
        """Called several times a second, whatever is waited for.

        Raises:
            _Stopped: the person does not want to go on.
        """
        if self._should_stop is not None and self._should_stop():
            raise _Stopped
        if self._progress is not None and self._estimate.all_documents:
            self._progress(self._label(), round(_SHARES * self._share()), _SHARES)

    def _share(self) -> float:
        reading, page = self._at_hand, self._page()
        at_hand = None if reading is None or page is None else (reading.item.source, reading.size, page[0] / page[1])
        return self._estimate.share(self._adder.lane.embedded, at_hand)

    def _label(self) -> str:
        name = Path(self._at_hand.item.source).name if self._at_hand else ""
        page = self._page()
        where = f"{name} page {page[0]} of {page[1]}" if page else name
        done = f"{self._estimate.documents} of {self._estimate.all_documents} documents"
        return f"{done}, {self._adder.lane.embedded} passages{f', {where}' if where else ''}"

    def _page(self) -> tuple[int, int] | None:
        """Which page of the document at hand is being read, and of how many."""
        page = self._at_hand.pending.page if self._at_hand is not None and self._at_hand.pending is not None else None
        return None if page is None or page.total < 1 else (page.done, page.total)

    @contextlib.contextmanager
    def _noting(self, item: Item) -> Iterator[None]:
        """What goes wrong with this document is noted, and ends no other."""
        try:
            yield
        except OSError as error:
            self._note_failure(item.source, error.strerror or str(error))
        except (DatabaseUnavailable, DatabaseDamaged) as error:
            self._adder.obstacle = error
            self._note_failure(item.source, error.message)
        except AylluError as error:
            self._note_failure(item.source, error.message)

    def _before(self, item: Item) -> SourceInfo | None:
        return None if self._options.force else self._known.get(item.source)

    def _is_as_before(self, item: Item, state: FileState) -> bool:
        """Whether the library has it as it is, read as it would be now."""
        before = self._before(item)
        if (
            before is None
            or not self._is_read_as_now(before)
            or (before.mtime_ns, before.size) != (state.mtime_ns, state.size)
        ):
            return False
        if before.volume != (volume := self._volumes.of(Path(item.source))):  # not known of what an earlier version read
            with contextlib.suppress(DatabaseUnavailable):  # the next ingest notes it
                self._docstore.touch_source(self._collection, item.source, mtime_ns=state.mtime_ns, volume=volume)
        return True

    def _is_read_as_now(self, before: SourceInfo) -> bool:
        return before.reading == self._adder.reading_by(
            parser_of(before.source, before.reading.parser, self._options.converter)
        )

    def _note_unchanged(self) -> None:
        self._report.documents += 1
        self._report.unchanged += 1

    def _note_written(self, document: Document, chunks: int) -> None:
        self._estimate.documents += 1
        self._report.documents += 1
        self._report.updated += document.source in self._known
        self._report.chunks += chunks
        self._contents.note(document, self._reading_of(document))
        for note in document.parsed.notes:
            self._report.note(document.source, note)

    def _note_refusal(self, refusal: Refusal) -> None:
        self._note_failure(refusal.document.source, refusal.reason)

    def _note_failure(self, source: str, reason: str, *, trifle: bool = False) -> None:
        self._estimate.documents += 1
        self._report.note_failure(source, reason + (KEPT if source in self._known else ""), trifle=trifle)


def _remove(
    docstore: DocStore,
    collection: str,
    gone: Sequence[str],
    report: IngestReport,
    should_stop: Callable[[], bool] | None,
) -> None:
    for source in gone:
        if should_stop is not None and should_stop():
            report.interrupted = True
            return
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
