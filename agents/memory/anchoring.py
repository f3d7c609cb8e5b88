"""Whether the passage that an entry rests on is still there, and where it stands now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from ...retrieval import Library, Passage, split_sentences
from ...text import one_line
from .entries import Anchor, Entry

_LOOKED_FOR = 300  # characters of a passage
_LEAST = 20  # characters of a sentence by which a passage is known again


@dataclass(frozen=True, slots=True)
class Standing:
    """`passage`: where the anchor stands now; None: nowhere, or the entry has none. `retrieved`: the search brought it.

    `stale`: why the entry does not count any more, in words that follow "for"; empty where it does.
    """

    passage: Passage | None = None
    retrieved: bool = False
    stale: str = ""


def stand_anywhere(entry: Entry, retrieved: Sequence[Passage]) -> Standing:
    """The same where documents go by other names: by its words alone, among what was `retrieved`."""
    here = next((each for each in retrieved if entry.anchor is not None and holds(each.text, entry.anchor)), None)
    return Standing(here, retrieved=here is not None)


def look_anywhere(entry: Entry, library: Library, collections: Sequence[str]) -> Passage | None:
    """What has the anchor's words, whatever the documents are called; None where nothing has them."""
    if entry.anchor is None:
        return None
    words = entry.anchor.sentence or entry.anchor.passage[:_LOOKED_FOR]
    passages = library.search(words, k=3, collection=collections, mode="keyword")
    return next((passage for passage in passages if holds(passage.text, entry.anchor)), None)


def stand_of(entry: Entry, library: Library, collections: Sequence[str], retrieved: Sequence[Passage]) -> Standing:
    """The anchor of `entry` among what was `retrieved` from `collections`, or else in the library.

    A document that was read again and differs makes it stale, wherever it differs: what a person said of one is not said of
    the other.
    """
    anchor = entry.anchor
    return Standing() if anchor is None else _stand(anchor, library, collections, retrieved)


def passages_of(anchor: Anchor, library: Library, collections: Sequence[str]) -> Sequence[Passage]:
    """All that has a sentence of the anchor's passage now; nothing where its document is gone, or differs."""
    first = _stand(anchor, library, collections, ()).passage
    if first is None:
        return ()
    passages = (library.passage_with(anchor.document, first.collection, text) for text in _as_written(anchor))
    return list({passage.chunk_id: passage for passage in passages if passage is not None}.values())


def _stand(anchor: Anchor, library: Library, collections: Sequence[str], retrieved: Sequence[Passage]) -> Standing:
    name = one_line(PurePath(anchor.document).name or anchor.document)
    within = [anchor.collection] if anchor.collection in collections else list(collections)
    known = {each: sha for each in within if (sha := library.source_sha256(anchor.document, each)) is not None}
    if not known:
        return Standing(stale=f"{name} is not in the library any more")
    collection, sha256 = next(iter(known.items()))
    if anchor.sha256 and sha256 != anchor.sha256:
        return Standing(stale=f"{name} has changed since")
    here = next((each for each in retrieved if each.source == anchor.document and holds(each.text, anchor)), None)
    if here is not None:
        return Standing(here, retrieved=True)
    there = _look_up(anchor, library, collection)
    return Standing(there, stale="" if there is not None or anchor.sha256 else f"{name} has changed since")


def text_in(text: str, anchor: Anchor) -> str:
    """A stretch of the anchor that stands in `text`, letter by letter, or of which the beginning does; empty: none."""
    stretches = _as_written(anchor)
    return next((each for each in stretches if each in text), stretches[0] if stretches else "")


def holds(text: str, anchor: Anchor) -> bool:
    """Whether `text` has the anchor's sentence or, where it has none, a part of its passage."""
    flat = " ".join(text.split())
    if anchor.sentence:
        return anchor.sentence in flat
    return any(sentence in flat for sentence in _sentences(anchor))


def _look_up(anchor: Anchor, library: Library, collection: str) -> Passage | None:
    for text in _as_written(anchor):
        if (passage := library.passage_with(anchor.document, collection, text)) is not None:
            return passage
    return None


def _as_written(anchor: Anchor) -> Sequence[str]:
    """Stretches of the anchor as its document has them, line breaks and all; what holds the answer first."""
    stretches = [anchor.passage[start:end] for start, end in split_sentences(anchor.passage)]
    return sorted(stretches, key=lambda text: " ".join(text.split()) != anchor.sentence)


def _sentences(anchor: Anchor) -> Sequence[str]:
    flat = [" ".join(anchor.passage[start:end].split()) for start, end in split_sentences(anchor.passage)]
    return [sentence for sentence in flat if len(sentence) >= _LEAST] or [" ".join(anchor.passage.split())]
