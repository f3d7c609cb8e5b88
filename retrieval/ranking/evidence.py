"""Which sentences of the passages answer the question."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..docstore import HEADING_SEPARATOR, KeywordIndex, words
from ..documents import BlockKind
from ..embedders import Embedder
from ..types import Passage, Sentence
from .names import AskedName, barring_names, lacking
from .outline import Stretch, find_sentences, place_of

_K1, _B = 1.2, 0.75  # BM25's usual constants
_HEADING = 0.2  # of its score is left to a heading: it names what is asked for, and says nothing of it
_LACKING = 0.3  # of the score is left to what lacks a name or a day of the question
_PIECE_WORDS = 4  # so many words, all of them asked for, are a piece of the question
_UNFIT, _DENYING = 0.8, 0.95  # of the score is left to a sentence without the number that was asked for, or that denies
_ASKS_NUMBER = re.compile(
    r"\b(?:how (?:many|much|old|long|far|tall|high|often|heavy|large|big|late|early)|when|what (?:year|time|percentage))\b",
    re.I,
)
_NUMBER = re.compile(
    r"\d|\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|twenty|thirty|forty|fifty|hundred"
    r"|thousand|million|billion|half|twice|once|first|second|third|century|(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
    r"|january|february|march|april|may|june|july|august|september|october|november|december|noon|midnight|year|month|day"
    r"|hour|always|never|daily|weekly)s?\b",
    re.I,
)
_ASKS_WHICH = re.compile(r"\s*(?:what|which|who|where|when|how)\b", re.I)
_DENIAL = re.compile(r"\b(?:not|no|never|nor|cannot|without)\b|n['’]t\b", re.I)
_MOST_UNDER = 12  # sentences that are read under their headings too
_MOST_SENTENCES = 200  # judged for one question
Scores = NDArray[np.floating]


def rank_sentences(query: str, passages: Sequence[Passage], *, keywords: KeywordIndex, embedder: Embedder) -> list[Sentence]:
    """The passages' sentences, best first: half cosine, half BM25, each over its maximum.

    A sentence is read after what leads to it, and with the words of the headings that it stands under.
    """
    spans = [(passage, each) for passage in passages for each in find_sentences(passage)][:_MOST_SENTENCES]
    if not spans:
        return []
    texts = [passage.text[each.start : each.end] for passage, each in spans]
    read = [_lines(each.lead, text) for (_, each), text in zip(spans, texts, strict=True)]
    vector = embedder.embed_query(query)
    cosines = embedder.embed_documents(read) @ vector
    words_of = _bm25(keywords, query, read, [each.path for _, each in spans])
    liking = 0.5 * _over_maximum(cosines) + 0.5 * _over_maximum(words_of)
    likeliest = [int(at) for at in np.argsort(-liking, kind="stable")[:_MOST_UNDER] if spans[at][1].path]
    under = [_lines(HEADING_SEPARATOR.join(_inner(spans[at][1].path)), read[at]) for at in likeliest]
    cosines_under = dict(zip(likeliest, embedder.embed_documents(under) @ vector, strict=True)) if under else {}
    question = set(keywords.stems(query))
    empty = [
        each.kind == BlockKind.HEADING or _is_piece(keywords.stems(text), question)
        for (_, each), text in zip(spans, texts, strict=True)
    ]
    headings = {each.path for _, each in spans}
    names = barring_names(query, headings, keywords)
    lacks = [_lacks(names, passage, each, text, keywords) for (passage, each), text in zip(spans, texts, strict=True)]
    liking = liking * np.array([_fitness(query, text) for text in read])
    scores = liking * np.where(empty, _HEADING, 1.0) * np.where([bool(each) for each in lacks], _LACKING, 1.0)
    return [
        Sentence(
            passage=spans[at][0],
            text=texts[at],
            start=spans[at][0].start + spans[at][1].start,
            end=spans[at][0].start + spans[at][1].end,
            score=float(scores[at]),
            cosine=float(cosines[at]),
            liking=float(liking[at]),
            heading=empty[at],
            kind=spans[at][1].kind,
            path=spans[at][1].path,
            lead=spans[at][1].lead,
            lacks=lacks[at],
            place=place_of(spans[at][0], spans[at][1].start, spans[at][1].end),
            cosine_under=float(cosines_under.get(at, -1.0)),
        )
        for at in np.argsort(-scores, kind="stable")
    ]


def _fitness(query: str, text: str) -> float:
    """How far it is of the kind that was asked for: with a number, where one was, and no denial, where none was."""
    fitness = 1.0
    if _ASKS_NUMBER.search(query) and not _NUMBER.search(text):
        fitness *= _UNFIT
    if _ASKS_WHICH.match(query) and _DENIAL.search(text) and not _DENIAL.search(query):
        fitness *= _DENYING
    return fitness


def _inner(path: str) -> Sequence[str]:
    """The innermost headings of a path."""
    return path.split(HEADING_SEPARATOR)[-2:]


def _lines(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def _lacks(
    names: Sequence[AskedName], passage: Passage, stretch: Stretch, text: str, keywords: KeywordIndex
) -> tuple[str, ...]:
    if not names:
        return ()
    around = "\n".join((passage.source, passage.title, passage.heading, passage.context, passage.text))
    return lacking(names, "\n".join((stretch.path, stretch.lead, text)), around, keywords)


def _is_piece(stems: Sequence[str], question: set[str]) -> bool:
    """Whether it is nothing but a few words of the question."""
    return len(stems) <= _PIECE_WORDS and question.issuperset(stems)


def _bm25(keywords: KeywordIndex, query: str, texts: Sequence[str], paths: Sequence[str]) -> Scores:
    """Of each text, among these texts, with the rarities that words have in the library.

    A word of the headings above counts once for all that stands under them, however often they repeat it.
    """
    rarities = {stem: keywords.idf(word) for word in words(query) for stem in keywords.stems(word)[:1]}  # small words too
    for forms in keywords.question_words(query):
        single = len(forms) == 1 or any(
            letter.isdigit() for letter in forms[0]
        )  # of a number or code, a part is another one
        rarities |= {
            form: keywords.term_idf(form) / (1 if single else len(forms)) for form in (forms[:1] if single else forms)
        }
    counts = [Counter(keywords.stems(text)) for text in texts]
    above = {path: set(keywords.stems(path)) for path in set(paths)}
    lengths = [count.total() for count in counts]
    mean = max(sum(lengths) / len(lengths), 1.0)
    return np.array(
        [
            sum(
                rarity
                if stem in above[path]
                else rarity * count[stem] * (_K1 + 1) / (count[stem] + _K1 * (1 - _B + _B * length / mean))
                for stem, rarity in rarities.items()
                if stem in count or stem in above[path]
            )
            for count, length, path in zip(counts, lengths, paths, strict=True)
        ]
    )


def _over_maximum(scores: Scores) -> Scores:
    top = float(scores.max())
    return scores / top if top > 0 else np.zeros_like(scores)
