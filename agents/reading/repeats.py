"""The same sentence in several passages (of several formats of a document, say) is read once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...retrieval import Passage, Place, split_sentences

_SHORT = 6  # words, below which a sentence may well stand in several places and mean another thing in each
OMITTED = "…"
_BETWEEN = " \n\t-*•"  # what is left of a list whose item went
_LEFT = 0.2  # of a passage's text, below which what repeats nothing is not worth a passage


def without_repeats(passages: Sequence[Passage], read: Sequence[str] = ()) -> list[tuple[Passage, str]]:
    """The passages, each with what of its text repeats no sentence of an earlier one, or of `read`, the texts before them.

    One that says nothing new goes, and the passage that it repeats names its place.
    """
    first: dict[str, int] = {key: -1 for text in read for key in _keys(text)}
    kept: list[tuple[Passage, str]] = []
    for passage in passages:
        spans = split_sentences(passage.text)
        repeated = [(start, end) for start, end in spans if (key := _key(passage.text[start:end])) and key in first]
        left = sum(end - start for start, end in spans) - sum(end - start for start, end in repeated)
        if repeated and left < _LEFT * len(passage.text):
            at = first[_key(passage.text[slice(*repeated[0])])]
            if at >= 0:
                place = Place(passage.source, passage.page, passage.page_label, passage.line)
                same, text = kept[at]
                kept[at] = (replace(same, also_in=(*same.also_in, place, *passage.also_in)), text)
            continue
        for key in _keys(passage.text):
            first.setdefault(key, len(kept))
        kept.append((passage, _without(passage.text, repeated)))
    return kept


def _without(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """`text` without these stretches, with a mark of omission where each stood."""
    pieces, place = [], 0
    for start, end in spans:
        pieces.append(text[place:start].strip(_BETWEEN))
        place = end
    pieces.append(text[place:].strip(_BETWEEN))
    return f" {OMITTED} ".join(piece for piece in pieces if piece) if spans else text


def _keys(text: str) -> list[str]:
    return [key for start, end in split_sentences(text) if (key := _key(text[start:end]))]


def _key(sentence: str) -> str:
    words = sentence.lower().split()
    return " ".join(words) if len(words) >= _SHORT else ""
