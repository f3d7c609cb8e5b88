"""The document store: sources and the chunks cut from them, written and read by name and id.

Methods are safe to call from several threads. That one process at a time writes is for the caller to see to.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import astuple, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ...errors import NotFound
from ...storage import Database
from ..types import Mark, Passage, Vectors
from .candidates import Candidates
from .coming_vectors import ComingVectors
from .keyword_index import KeywordIndex
from .projection_table import ProjectionTable
from .records import ChunkRecord, Moved, Reading, SourceInfo, SourceRecord, indexed_text
from .schema import SCHEMA, digest
from .space_table import SpaceTable
from .terms import search_terms, text_digest
from .vector_table import VectorTable, blobs

_FILE = "library.sqlite"
_CHUNK_COLUMNS = (
    *(
        "source",
        "collection",
        "text",
        "start",
        '"end"',
        "page",
        "page_label",
        "line",
        "heading",
        "context",
        "weight",
        "marks",
    ),
    *("terms", "heading_terms", "text_digest", "embedder", "vector", "digest"),
)
_PLACE = (
    'chunks.text, chunks.start, chunks."end", chunks.page, chunks.page_label, chunks.line, chunks.heading, chunks.context,'
    " sources.title, sources.media_type, chunks.marks"
)
_MOVING = ("id", "source", "root", "mtime_ns", "volume", "ingested_at", "validators")
_BATCH = 500  # ids in a statement
_COLLECTION_ID = "SELECT id FROM collections WHERE name = ?"


class DocStore:
    """What one library folder holds, in `library.sqlite`; its keyword index and its vectors are parts of their own."""

    def __init__(self, folder: Path) -> None:
        """Open the file, or make it.

        Raises:
            LibraryNewer, LibraryDamaged: the file is left as it is.
            DatabaseUnavailable: there is no room, no right to write there, or another program holds it.
        """
        self._database = Database.open(folder / _FILE, SCHEMA)
        self.keywords = KeywordIndex(self._database)
        self.candidates = Candidates(self._database)
        self.vectors = VectorTable(self._database)
        self.spaces = SpaceTable(self._database)
        self.coming_vectors = ComingVectors(self._database)
        self.projections = ProjectionTable(self._database)

    def close(self) -> None:
        self._database.close()

    # --- writing ---

    def write_source(
        self, collection: str, source: SourceRecord, chunks: Sequence[ChunkRecord], vectors: Vectors, *, embedder: str
    ) -> None:
        """Replace what is known of a source, in one transaction. `vectors`, (n, d), are of its chunks, by `embedder`."""
        with self._database.transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO collections (name) VALUES (?)", (collection,))
            ((collection_id,),) = connection.execute(_COLLECTION_ID, (collection,)).fetchall()
            connection.execute("DELETE FROM sources WHERE collection = ? AND source = ?", (collection_id, source.source))
            row = _insert_source(connection, collection_id, source, embedder)
            connection.executemany(
                f"INSERT INTO chunks ({', '.join(_CHUNK_COLUMNS)}) VALUES ({', '.join('?' * len(_CHUNK_COLUMNS))})",
                [
                    (row, collection_id, *_chunk_values(chunk, source), embedder, vector, digest(vector))
                    for chunk, vector in zip(chunks, blobs(vectors), strict=True)
                ],
            )
            connection.execute(
                "UPDATE collections SET generation = generation + 1, embedder = iif(embedder = '', ?, embedder)"
                " WHERE id = ?",
                (embedder, collection_id),
            )

    def touch_source(self, collection: str, source: str, *, mtime_ns: int, volume: str, validators: str = "") -> None:
        """Note that a document has a new time or state, or is on another volume, but has the same content."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE sources SET mtime_ns = ?, volume = ?, validators = ?"
                f" WHERE source = ? AND collection = ({_COLLECTION_ID})",
                (mtime_ns, volume, validators, source, collection),
            )

    def move_source(self, collection: str, source: str, place: Moved) -> None:
        """From now on the source is known by another name; its chunks keep their ids.

        Raises:
            NotFound: there is none of the old name.
        """
        with self._database.transaction() as connection:
            connection.execute(
                f"DELETE FROM sources WHERE source = ? AND collection = ({_COLLECTION_ID})", (place.source, collection)
            )
            cursor = connection.execute(
                "UPDATE sources SET source = ?, root = ?, mtime_ns = ?, volume = ?"
                f" WHERE source = ? AND collection = ({_COLLECTION_ID})",
                (*astuple(place), source, collection),
            )
            if not cursor.rowcount:
                raise _no_source(source)
            connection.execute("UPDATE collections SET generation = generation + 1 WHERE name = ?", (collection,))

    def copy_source(self, collection: str, source: str, place: Moved) -> int:
        """Keep another document with the content of a known one, without embedding it; returns how many chunks it has.

        Raises:
            NotFound: there is none of that name.
        """
        with self._database.transaction() as connection:
            connection.execute(
                f"DELETE FROM sources WHERE source = ? AND collection = ({_COLLECTION_ID})", (place.source, collection)
            )
            original = connection.execute(
                f"SELECT id FROM sources WHERE source = ? AND collection = ({_COLLECTION_ID})", (source, collection)
            ).fetchone()
            if original is None:
                raise _no_source(source)
            columns = _columns(connection, "sources")
            kept = ", ".join(name for name in columns if name not in _MOVING)
            row = connection.execute(
                f"INSERT INTO sources ({kept}, source, root, mtime_ns, volume, ingested_at)"
                f" SELECT {kept}, ?, ?, ?, ?, ? FROM sources WHERE id = ?",
                (*astuple(place), _now(), *original),
            ).lastrowid
            kept = ", ".join(f'"{name}"' for name in _columns(connection, "chunks") if name not in ("id", "source"))
            chunks = connection.execute(
                f"INSERT INTO chunks (source, {kept}) SELECT ?, {kept} FROM chunks WHERE source = ? ORDER BY id",
                (row, *original),
            ).rowcount
            connection.execute("UPDATE collections SET generation = generation + 1 WHERE name = ?", (collection,))
        return chunks

    def remove_source(self, collection: str, source: str) -> None:
        """Forget one source with its chunks.

        Raises:
            NotFound: there is none of that name.
        """
        with self._database.transaction() as connection:
            cursor = connection.execute(
                f"DELETE FROM sources WHERE collection = ({_COLLECTION_ID}) AND source = ?", (collection, source)
            )
            if not cursor.rowcount:
                raise _no_source(source)
            connection.execute("UPDATE collections SET generation = generation + 1 WHERE name = ?", (collection,))

    def drop_collection(self, collection: str) -> None:
        with self._database.transaction() as connection:
            connection.execute(f"DELETE FROM sources WHERE collection = ({_COLLECTION_ID})", (collection,))
            connection.execute("UPDATE collections SET generation = generation + 1 WHERE name = ?", (collection,))

    def give_back(self) -> int:
        """Shorten the file where much of it is free; returns by how many bytes."""
        return self._database.give_back()

    # --- reading ---

    def sources(self, collection: str | None = None) -> list[SourceInfo]:
        """All sources, or those of one collection, by name."""
        return list(self._infos("WHERE ? IS NULL OR collections.name = ?", collection, collection))

    def known_sources(self, collection: str) -> dict[str, SourceInfo]:
        """What is known of a collection, by source."""
        return {info.source: info for info in self._infos("WHERE collections.name = ?", collection)}

    def source_text(self, source: str, collection: str) -> str:
        """The text that the offsets of the source's chunks count in.

        Raises:
            NotFound: there is none of that name.
        """
        rows = self._database.rows(
            f"SELECT text FROM sources WHERE source = ? AND collection = ({_COLLECTION_ID})", source, collection
        )
        if not rows:
            raise _no_source(source)
        return str(rows[0][0])

    def passages(self, scored: Sequence[tuple[int, float, float]]) -> list[Passage]:
        """The chunks of (id, score, cosine), in that order; an id deleted meanwhile is left out."""
        marks = ",".join("?" * len(scored))
        rows = self._database.rows(
            f"SELECT chunks.id, collections.name, sources.sha256, sources.source, {_PLACE} FROM chunks"
            " JOIN sources ON sources.id = chunks.source JOIN collections ON collections.id = sources.collection"
            f" WHERE chunks.id IN ({marks})",
            *(chunk for chunk, _, _ in scored),
        )
        places = {int(chunk): place for chunk, *place in rows}
        passages: list[Passage] = []
        for chunk, score, cosine in scored:
            if chunk in places:
                collection, sha256, source, text, start, end, page, *place, marks = places[chunk]
                passage = Passage(str(chunk), source, page, text, start, end, score, cosine, *place)
                passages.append(replace(passage, marks=_read_marks(marks), collection=collection, sha256=sha256))
        return passages

    def source_passages(self, source: str, collection: str) -> list[Passage]:
        """All chunks of a source, in their order."""
        rows = self._database.rows(
            "SELECT chunks.id FROM chunks JOIN sources ON sources.id = chunks.source"
            f" WHERE sources.source = ? AND sources.collection = ({_COLLECTION_ID}) ORDER BY chunks.id",
            source,
            collection,
        )
        ids = [int(chunk) for (chunk,) in rows]
        batches = [ids[at : at + _BATCH] for at in range(0, len(ids), _BATCH)]
        return [passage for batch in batches for passage in self.passages([(chunk, 0.0, 0.0) for chunk in batch])]

    def documents(self, numbers: Sequence[int]) -> list[SourceInfo]:
        """The sources of these numbers (see `Candidates.sources`), by name."""
        return list(self._infos("WHERE sources.id IN (SELECT value FROM json_each(?))", json.dumps(list(numbers))))

    def neighbours(self, chunk_id: str) -> tuple[Passage | None, Passage | None]:
        """The chunks that stand before and after one in its source; None at its ends."""
        chunk = int(chunk_id)
        rows = self._database.rows(
            "SELECT chunks.id FROM chunks JOIN chunks AS own ON own.source = chunks.source"
            " WHERE own.id = ?1 AND chunks.id IN (?1 - 1, ?1 + 1)",  # a source's chunks are written one after the other
            chunk,
        )
        passages = self.passages([(int(row), 0.0, 0.0) for (row,) in rows])
        nearby = {int(passage.chunk_id): passage for passage in passages}
        return nearby.get(chunk - 1), nearby.get(chunk + 1)

    def stretch(self, chunk_id: str, start: int, end: int) -> str | None:
        """`text[start:end]` of the source that a chunk is of; None where that is gone."""
        rows = self._database.rows(
            "SELECT substr(sources.text, ? + 1, ?) FROM chunks JOIN sources ON sources.id = chunks.source"
            " WHERE chunks.id = ?",
            start,
            end - start,
            int(chunk_id),
        )
        return str(rows[0][0]) if rows else None

    def count(self, collection: str | None = None) -> int:
        """How many chunks there are, in all or in one collection."""
        if collection is None:
            return int(self._database.rows("SELECT count(*) FROM chunks")[0][0])
        return int(
            self._database.rows(f"SELECT count(*) FROM chunks WHERE collection = ({_COLLECTION_ID})", collection)[0][0]
        )

    def collections(self, *, empty: bool = False) -> list[str]:
        """The names of all collections that hold something, or with `empty` that ever did."""
        rows = self._database.rows(
            "SELECT name FROM collections WHERE ? OR id IN (SELECT collection FROM sources) ORDER BY name", empty
        )
        return [str(name) for (name,) in rows]

    # --- checking ---

    def damage(self) -> str | None:
        """What SQLite finds wrong with the file; None where it is sound."""
        verdict = str(self._database.rows("PRAGMA quick_check")[0][0])
        return None if verdict == "ok" else verdict

    def mismatched_sources(self) -> list[str]:
        """Sources with a chunk that is not what stands in its place of the text."""
        rows = self._database.rows(
            "SELECT DISTINCT sources.source FROM chunks JOIN sources ON sources.id = chunks.source"
            ' WHERE substr(sources.text, chunks.start + 1, chunks."end" - chunks.start) <> chunks.text'
        )
        return [str(source) for (source,) in rows]

    def _infos(self, where: str, *values: Any) -> Iterator[SourceInfo]:
        rows = self._database.rows(
            "SELECT sources.source, collections.name, root, (SELECT count(*) FROM chunks WHERE chunks.source = sources.id),"
            " sha256, media_type, ingested_at, mtime_ns, size, volume, parser, chunk_tokens, sources.embedder, title, notes,"
            " language, validators FROM sources"
            f" JOIN collections ON collections.id = sources.collection {where} ORDER BY sources.source",
            *values,
        )
        return (
            SourceInfo(*(*place, Reading(parser, chunk_tokens, embedder), title, tuple(json.loads(notes)), *rest))
            for (*place, parser, chunk_tokens, embedder, title, notes), rest in ((row[:-2], row[-2:]) for row in rows)
        )


def _read_marks(text: str) -> tuple[Mark, ...]:
    return tuple(Mark(*values) for values in json.loads(text))


def _chunk_values(chunk: ChunkRecord, source: SourceRecord) -> tuple[Any, ...]:
    above = indexed_text(source.title, chunk.heading, chunk.context, "")
    return (
        *(chunk.text, chunk.start, chunk.end, chunk.page, chunk.page_label, chunk.line, chunk.heading, chunk.context),
        *(
            chunk.weight,
            json.dumps([astuple(mark) for mark in chunk.marks]),
            search_terms(chunk.text, source.language),
            search_terms(above, source.language),
        ),
        text_digest(chunk.text),
    )


def _insert_source(connection: sqlite3.Connection, collection_id: int, source: SourceRecord, embedder: str) -> int | None:
    now = _now()
    return connection.execute(
        "INSERT INTO sources (collection, source, root, sha256, media_type, text, mtime_ns, size, ingested_at,"
        " volume, parser, chunk_tokens, title, notes, language, validators, embedder)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            collection_id,
            source.source,
            source.root,
            source.sha256,
            source.media_type,
            source.text,
            source.mtime_ns,
            source.size,
            now,
            source.volume,
            source.parser,
            source.chunk_tokens,
            source.title,
            json.dumps(source.notes, ensure_ascii=False),
            source.language,
            source.validators,
            embedder,
        ),
    ).lastrowid


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [str(row[1]) for row in connection.execute(f"PRAGMA table_info({table})")]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _no_source(source: str) -> NotFound:
    return NotFound(f"There is no source {source!r}.", hint="`ayllu sources list` shows all.")
