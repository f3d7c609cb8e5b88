"""Which collections a question is about: the one that was named, the settings' own, or the sample of an empty library."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from ..errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..retrieval import Library


def choose_collections(library: Library, named: Sequence[str], usual: str) -> tuple[tuple[str, ...], bool]:
    """Where to look, each once in the order given, and whether the sample is among them: see `choose_collection`."""
    chosen = [choose_collection(library, name, usual) for name in named or (None,)]
    return tuple(dict.fromkeys(name for name, _ in chosen)), any(sample for _, sample in chosen)


def choose_collection(library: Library, named: str | None, usual: str) -> tuple[str, bool]:
    """Where to look, and whether that is the sample: only while the library is empty and nobody named a collection.

    Raises:
        NotFound: there is nothing in it, and it was named or others hold documents.
    """
    from ..retrieval import SAMPLE_COLLECTION, load_sample

    collection = named if named is not None else usual
    if library.count(collection):
        return collection, False
    others = [name for name in library.collections() if name not in (collection, SAMPLE_COLLECTION)]
    if collection == SAMPLE_COLLECTION or (named is None and not others):
        return load_sample(library), True
    near = difflib.get_close_matches(collection, others, n=1, cutoff=0.0)
    raise NotFound(
        f"There is nothing in the collection `{collection}`.",
        hint=f"`--collection {near[0]}` has documents."
        if near
        else f"`ayllu ingest PATH --collection {collection}` fills it.",
    )
