"""Which sentences of an answer the passages support, and whether the marks name the passages that do."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ..retrieval import Library, split_sentences
from .metrics import unmarked

_LEAST = 0.6  # of the weight of a sentence's content words, by their rarity, that stands in a passage supporting it
_MARK = re.compile(r"\[(\d{1,4})\]")
_LATE_MARKS = re.compile(r"([.!?…]+[\"'”’»)]*)((?:\s*\[\d{1,4}\])+)")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Support:
    """Of an answer's sentences: the share that a passage supports, and, of those with marks, that a marked one supports.

    None where it has no such sentence.
    """

    supported: float | None
    citation_support: float | None


def measure_support(library: Library, answer: str, passages: Sequence[str]) -> Support:
    """`passages` in the order of the answer's marks."""
    supported: list[bool] = []
    cited: list[bool] = []
    for sentence, marks in _sentences(answer):
        supporting = supporting_passages(library, sentence, passages)
        supported.append(bool(supporting))
        if marks:
            cited.append(bool(marks & supporting))
    return Support(_share(supported), _share(cited))


def supporting_passages(library: Library, sentence: str, passages: Sequence[str]) -> set[int]:
    """The passages, counted from 1, that have the sentence's numbers and most of what its words weigh."""
    numbers = _numbers(sentence)
    return {
        n
        for n, passage in enumerate(passages, start=1)
        if numbers <= _numbers(passage) and library.coverage(sentence, passage) >= _LEAST
    }


def _sentences(answer: str) -> list[tuple[str, set[int]]]:
    """Each sentence without its marks, and the marks; those after a full stop belong to what it ends."""
    text = _LATE_MARKS.sub(r"\2\1", answer)
    sentences = [text[start:end] for start, end in split_sentences(text)]
    pairs = [(unmarked(sentence).strip(), {int(mark) for mark in _MARK.findall(sentence)}) for sentence in sentences]
    return [(sentence, marks) for sentence, marks in pairs if re.search(r"\w", sentence)]


def _numbers(text: str) -> set[str]:
    return {number.replace(",", "") for number in _NUMBER.findall(text)}


def _share(held: Collection[bool]) -> float | None:
    return sum(held) / len(held) if held else None
