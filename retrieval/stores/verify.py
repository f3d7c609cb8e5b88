"""A library looked over: whatever is wrong, in words that name it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .projection import Projection

if TYPE_CHECKING:
    from ..library import Library

_NEAREST = 5  # nearly equal texts have nearly equal vectors: an id must be among the first few


def problems(library: Library, projection: Projection, collection: str | None) -> list[str]:
    """See `Library.verify`."""
    found: list[str] = []
    if (said := library.rows("PRAGMA quick_check")[0][0]) != "ok":
        found.append(f"SQLite finds library.sqlite damaged: {said}")
    broken = library.rows(
        "SELECT DISTINCT sources.source FROM chunks JOIN sources ON sources.id = chunks.source"
        ' WHERE substr(sources.text, chunks.start + 1, chunks."end" - chunks.start) <> chunks.text'
    )
    found.extend(f"{source}: its chunks do not match its text; ingest it again" for (source,) in broken)
    other = library.rows("SELECT count(*) FROM chunks WHERE embedder <> ?", (library.embedder.name,))[0][0]
    if other:
        found.append(f"{other} chunks were embedded by another embedder; `ayllu sources repair` embeds them anew")
    if projection.dirty:
        found.append("the vector store is being written, or was left unfinished; `ayllu sources repair` mends it")
        return found
    return found + _unreachable(library, projection, collection)


def _unreachable(library: Library, projection: Projection, collection: str | None) -> list[str]:
    """Every distinct vector must find itself, and nothing else may be there."""
    from .chroma_probe import is_sound

    if projection.embedded and not is_sound(library.folder / "chroma"):
        return ["the vector store cannot be opened; `ayllu sources repair` rebuilds it"]
    store, found = projection.open(), []
    names = {library.store_name(str(row[0])): str(row[0]) for row in library.rows("SELECT name FROM collections")}
    for place, live in library.distinct_ids().items():
        if collection is not None and names[place] != collection:
            continue
        if store.count(place) != len(live):
            found.append(f"the vector store holds {store.count(place)} of {len(live)} vectors of {names[place]}")
        lost = 0
        for at in range(0, len(live), 1000):
            part = live[at : at + 1000]
            for one, vector in zip(part, library.vectors_of(part), strict=True):
                near = store.query(place, vector, min(_NEAREST, len(live)))
                if str(one) not in {found_id for found_id, _ in near} and (not near or near[-1][1] < 1 - 1e-4):
                    lost += 1
        if lost:
            found.append(f"{lost} vectors of {names[place]} do not find themselves; `ayllu sources repair` mends that")
    return found
