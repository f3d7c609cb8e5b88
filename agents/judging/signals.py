"""What the critic sees of a question and what was retrieved for it, before anything is written."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...retrieval import STOP_WORDS, Library, Retrieved
from ..writing import quotable

_NAME = re.compile(r"(?<!^)\b(?:[A-Z]\w+|\d+)")  # but for the first word, always capitalised
_WORD = re.compile(r"\w+")
_HAPPENS = re.compile(  # asks for what follows, and stands in no document: people write "Late tools cost 2 soles"
    r"^\W*(?:(?:and|so|but|then)\W+)?what\s+(?:happens?|happened|(?:will|would|could|might|may)\s+happen)\s+"
    r"(?=(?:if|when|to|with|after|once|in\s+case|should)\b)",
    re.IGNORECASE,
)
# Weight of any word of a question, to which its rarity is added. With it the critic parts answerable from unanswerable as
# well as with the rarity alone, on seven sets of questions pooled (AUC 0.854 with both)
EVERY_WORD = 2.0


@dataclass(frozen=True, slots=True)
class Signals:
    """All 0 to 1 (cosines below 0 count as 0)."""

    sentence_cosine: float  # of the nearest sentence
    second_cosine: float  # of the next nearest
    passage_coverage: float  # of the question by the passage that covers it best
    pair_coverage: float  # of the question by the best two sentences together
    names_missing: float  # share of the question's names and numbers that this passage lacks
    agreement: float  # 1 where the passage that covers the question best is also the nearest to it


def measure_signals(library: Library, query: str, retrieved: Retrieved, typed: str | None = None) -> Signals:
    """What is seen of `query`, the question as it was searched for; `typed` is what of it is not from the turn before.

    The words of the turn before stand in the documents anyway: half of the coverage is that of the words typed.
    """
    own = _best_coverage(library, typed, retrieved) if typed not in (None, query) else None

    def halved(share: float) -> float:
        return share if own is None else (share + own) / 2

    sentences = quotable(retrieved)
    texts = [_read(passage.heading, passage.context, passage.text) for passage in retrieved.passages]
    cosines = sorted((max(sentence.cosine, sentence.cosine_under, 0.0) for sentence in sentences), reverse=True)
    coverages = [coverage(library, query, text) for text in texts]
    best = coverages.index(max(coverages)) if coverages else 0
    nearest = max((passage.cosine for passage in retrieved.passages), default=0.0)
    stems = set(library.stems(texts[best])) if coverages else set()
    names = [library.stems(name) for name in _NAME.findall(query)]
    pair = " ".join(_read(sentence.path, sentence.lead, sentence.text) for sentence in sentences[:2])
    return Signals(
        sentence_cosine=cosines[0] if cosines else 0.0,
        second_cosine=cosines[1] if len(cosines) > 1 else 0.0,
        passage_coverage=halved(coverages[best] if coverages else 0.0),
        pair_coverage=halved(coverage(library, query, pair)),
        names_missing=sum(not stems.issuperset(name) for name in names) / len(names) if names else 0.0,
        agreement=float(bool(coverages) and retrieved.passages[best].cosine >= nearest),
    )


def _read(heading: str, lead: str, text: str) -> str:
    """A text with what it is read under."""
    return "\n".join(part for part in (heading, lead, text) if part)


def coverage(library: Library, question: str, text: str) -> float:
    """The same share in a small library as in a large one: in a small one its subject's own words are no rarer than others,
    and would count for little."""
    return library.coverage(_HAPPENS.sub("", question), text, EVERY_WORD)


def _best_coverage(library: Library, typed: str | None, retrieved: Retrieved) -> float | None:
    """Of `typed` by the passage that covers it best; nothing where none of its words carries meaning ("when was that?")."""
    if typed is None or all(word.lower() in STOP_WORDS for word in _WORD.findall(typed)):
        return None
    texts = [_read(passage.heading, passage.context, passage.text) for passage in retrieved.passages]
    return max((coverage(library, typed, text) for text in texts), default=0.0)
