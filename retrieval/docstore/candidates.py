"""What a search must know of chunks before it hands any out: which may be shown, which are equal, what each weighs."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from ...storage import Database
from ..requests import Filters
from ..types import Place

_MOST_PLACES = 20  # named of those where a text stands too
_COLLECTION_ID = "SELECT id FROM collections WHERE name = ?"
_NANOSECONDS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chunk that may be shown. Chunks of one `key` say the same under the same headings."""

    key: tuple[bytes, str, str]
    weight: float
    source: int
    heading: str
    text: str


class Candidates:
    """Looked up by id, a search at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sources(self, collections: Sequence[str], filters: Filters) -> list[int]:
        """The numbers of the documents of these collections that `filters` let through."""
        conditions, values = ["collections.name IN (SELECT value FROM json_each(?))"], [json.dumps(list(collections))]
        for condition, needed in _conditions(filters):
            conditions.append(condition)
            values += needed
        rows = self._database.rows(
            "SELECT sources.id FROM sources JOIN collections ON collections.id = sources.collection"
            f" WHERE {' AND '.join(conditions)}",
            *values,
        )
        return [int(number) for (number,) in rows]

    def chunks(self, sources: Collection[int]) -> list[int]:
        """The ids of these documents' chunks, in order."""
        rows = self._database.rows(
            "SELECT chunks.id FROM json_each(?) JOIN chunks ON chunks.source = value ORDER BY chunks.id",
            json.dumps(list(sources)),
        )
        return [int(chunk) for (chunk,) in rows]

    def source_sha256(self, source: str, collection: str) -> str | None:
        """Of a document as it was last read; None where there is none of that name."""
        rows = self._database.rows(
            f"SELECT sha256 FROM sources WHERE source = ? AND collection = ({_COLLECTION_ID})", source, collection
        )
        return str(rows[0][0]) if rows else None

    def chunks_with(self, source: str, collection: str, text: str) -> list[int]:
        """The ids of a source's chunks in which `text` stands, or of that in which it begins, in order."""
        rows = self._database.rows(
            "SELECT chunks.id FROM chunks JOIN sources ON sources.id = chunks.source"
            f" WHERE sources.source = ?1 AND sources.collection = ({_COLLECTION_ID.replace('?', '?2')}) AND ("
            ' instr(chunks.text, ?3) OR instr(sources.text, ?3) - 1 BETWEEN chunks.start AND chunks."end" - 1'
            " AND instr(sources.text, ?3)) ORDER BY chunks.id",
            source,
            collection,
            text,
        )
        return [int(chunk) for (chunk,) in rows]

    def get(self, chunks: Collection[int]) -> Mapping[int, Candidate]:
        rows = self._database.rows(
            "SELECT id, text_digest, heading, context, weight, source, text FROM chunks"
            " WHERE id IN (SELECT value FROM json_each(?))",
            json.dumps(list(chunks)),
        )
        return {
            int(chunk): Candidate((digest or text.encode(), heading, context), weight, source, heading, text)
            for chunk, digest, heading, context, weight, source, text in rows
        }

    def places(self, chunk: int, collections: Sequence[str], sources: Collection[int] | None) -> tuple[Place, ...]:
        """Where else, in these collections and documents, the text of a chunk stands under the same headings."""
        rows = self._database.rows(
            "SELECT sources.source, equal.page, equal.page_label, equal.line, equal.source FROM chunks own"
            " JOIN chunks equal ON equal.text_digest = own.text_digest AND equal.heading = own.heading"
            " AND equal.context = own.context JOIN sources ON sources.id = equal.source"
            " WHERE own.id = ? AND own.text_digest <> x'' AND equal.id <> own.id AND equal.collection IN"
            " (SELECT id FROM collections WHERE name IN (SELECT value FROM json_each(?))) ORDER BY equal.id LIMIT ?",
            chunk,
            json.dumps(list(collections)),
            _MOST_PLACES if sources is None else -1,
        )
        allowed = [Place(*place) for *place, source in rows if sources is None or source in sources]
        return tuple(allowed[:_MOST_PLACES])


def _conditions(filters: Filters) -> Iterator[tuple[str, list[Any]]]:
    """SQL for each field that is given, with its values."""
    if filters.sources:
        globs = [glob if "/" in glob or glob.startswith("*") else f"*/{glob}" for glob in filters.sources]
        yield _any_of("sources.source GLOB ?", len(globs)), globs
    if filters.folders:
        folders = [folder.rstrip("/") + "/" for folder in filters.folders]
        yield (
            _any_of("substr(sources.source, 1, length(?)) = ?", len(folders)),
            [f for each in folders for f in (each, each)],
        )
    if filters.types:
        kinds = [kind if "/" in kind else f"*[-/.+]{kind}" for kind in filters.types]
        yield _any_of("media_type GLOB ?", len(kinds)), kinds
    when = f"CASE mtime_ns WHEN 0 THEN unixepoch(ingested_at) ELSE mtime_ns / {_NANOSECONDS} END"
    if filters.since:
        yield f"{when} >= ?", [_seconds(filters.since)]
    if filters.until:
        yield f"{when} < ?", [_seconds(filters.until + timedelta(days=1))]


def _any_of(condition: str, number: int) -> str:
    return f"({' OR '.join([condition] * number)})"


def _seconds(day: date) -> float:
    """When a day begins, here."""
    return datetime.combine(day, time()).astimezone(UTC).timestamp()
