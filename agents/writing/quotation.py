"""What to quote: where a phrase cannot answer, what stands under the heading asked for, or the few best sentences; and in
any case the sentence that another one's "it" or "she" points back to."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from ...retrieval import HEADING_SEPARATOR, Library, Retrieved, Sentence, names_code, names_number
from ..asking import asks_definition, asks_whether, asks_why, wants_overview

_UNDER_HEADING = 5  # sentences of a passage whose heading was asked for
_ANSWER = 8  # the same where it asks the same question
_BEST = 3  # sentences otherwise
_NEAR = 0.6  # of the best sentence's score, below which another is no part of the answer
_AS_GOOD = 0.86  # of it, above which another is quoted though it says no more of what was asked
_REASON = re.compile(r"\b(?:because|since|so that|in order to|due to|as a result|therefore)\b", re.IGNORECASE)
_REASON_WEIGHT = 1.3  # how much more a sentence that gives a reason counts where a reason was asked for
_IS_ENTRY = 2.0  # how much more a row or an entry counts that is that of what is to be defined
_DEFINES = 1.5  # the same of a sentence that begins with it, or stands under it as a heading
_OPENING = 60  # characters of it that count as its beginning
_MOSTLY = 0.6  # of the question's weight
_SAME = 0.75  # of the weights of two questions that are one
_TERM_WORDS = 3  # that a paragraph may begin with, before a colon, to be an entry
_ENTRIES = {"definition", "list item"}
_INTRODUCED = {"code", "list item"}
_MOST_INTRODUCED = 5
_POINTS_BACK = re.compile(r"\(?(?:It|Its|He|His|She|Her|They|Their|This|These|That|Those|Such)\b")


def excerpt(question: str, retrieved: Retrieved, library: Library) -> list[Sentence]:
    """The sentences to quote, as they stand in the documents, the best one's document first; no heading alone."""
    ranked = _ranked(question, retrieved, library)
    plain = [sentence for sentence in ranked if is_quotable(sentence)]
    if not plain:
        return []
    if asks_definition(question):
        defining = max(plain, key=lambda each: each.liking * _defining_weight(each, question, library))
        if _is_entry(defining, question, library):
            return [defining]
        return _definition(defining, question, plain, library) or [defining, *_introduced_by(defining, retrieved)]
    top = ranked[0]
    under = [
        sentence for sentence in plain if sentence.passage.chunk_id == top.passage.chunk_id and sentence.start > top.start
    ]
    if top.heading and under and not asks_why(question):
        return sorted(under, key=lambda sentence: sentence.start)[:_UNDER_HEADING]
    if answer := _answer_to_same_question(question, plain, library):
        return answer
    best = _best(question, plain, retrieved, library)
    chosen = [sentence for each in best for sentence in (each, *_introduced_by(each, retrieved))]
    return in_document_order(list(dict.fromkeys(chosen)))


def quotable(retrieved: Retrieved) -> list[Sentence]:
    """What may stand as an answer, best first: a bare heading names what is asked for, and says nothing of it."""
    return [sentence for sentence in retrieved.sentences if is_quotable(sentence)]


def is_quotable(sentence: Sentence) -> bool:
    """Whether it may stand as an answer: it is about what was asked, and no mere piece of it."""
    return not sentence.heading and not sentence.lacks


def in_document_order(sentences: Sequence[Sentence]) -> list[Sentence]:
    """As they stand in the documents; the first sentence's document first."""
    sources = [sentence.passage.source for sentence in sentences]
    return sorted(sentences, key=lambda sentence: (sources.index(sentence.passage.source), sentence.start))


def with_antecedents(sentences: Sequence[Sentence], retrieved: Retrieved) -> list[Sentence]:
    """The same, each that opens with a pronoun longer by the sentence before it, unless that is quoted too."""
    starts = {(sentence.passage.chunk_id, sentence.start) for sentence in sentences}
    extended = [_with_antecedent(sentence, retrieved) for sentence in sentences]
    return [
        sentence if (sentence.passage.chunk_id, longer.start) in starts else longer
        for sentence, longer in zip(sentences, extended, strict=True)
    ]


def _ranked(question: str, retrieved: Retrieved, library: Library) -> list[Sentence]:
    """The sentences by half their cosine, half the share they cover of the question's words that carry meaning, best first.

    Their keyword score counts "how", "what" and "when" too, which in a long question outnumber the others.
    """
    cosines = {sentence: max(sentence.cosine, 0.0) for sentence in retrieved.sentences}
    coverages = {sentence: library.coverage(question, sentence.text) for sentence in retrieved.sentences}
    nearest, most = max(cosines.values(), default=0.0) or 1.0, max(coverages.values(), default=0.0) or 1.0
    scored = [
        replace(sentence, liking=0.5 * cosines[sentence] / nearest + 0.5 * coverages[sentence] / most)
        for sentence in retrieved.sentences
    ]
    return sorted(scored, key=lambda sentence: -sentence.liking)


def _definition(best: Sentence, question: str, plain: Sequence[Sentence], library: Library) -> list[Sentence]:
    """What stands first under the heading of what is asked for, where `best` stands under it."""
    if not _is_about(question, best.path.rpartition(HEADING_SEPARATOR)[2], library):
        return []
    under = [other for other in plain if other.passage.chunk_id == best.passage.chunk_id and other.path == best.path]
    return sorted(under, key=lambda sentence: sentence.start)[:_BEST]


def _defining_weight(sentence: Sentence, question: str, library: Library) -> float:
    if _is_entry(sentence, question, library):
        return _IS_ENTRY
    return _DEFINES if _defines(sentence, question, library) else 1.0


def _is_entry(sentence: Sentence, question: str, library: Library) -> bool:
    """Whether it is the row of a table, or the beginning of an entry of a list, that the question names."""
    if sentence.kind == "table row" and ": " in sentence.text:
        label = library.stems(sentence.text.partition("; ")[0].partition(": ")[2])
        read = "\n".join((sentence.path, sentence.lead, sentence.text))
        named = bool(label) and set(library.stems(question)).issuperset(label)
        return named and library.coverage(question, read) >= _MOSTLY
    term = re.split(r":\s|\n|\s[–—-]\s", sentence.text, maxsplit=1)[0]
    short = len(term) <= _OPENING if sentence.kind in _ENTRIES else len(term.split()) <= _TERM_WORDS
    return short and term != sentence.text and _is_about(question, term, library)


def _answer_to_same_question(question: str, plain: Sequence[Sentence], library: Library) -> list[Sentence]:
    """What stands under a heading that asks the same, as in lists of frequent questions."""
    for sentence in plain:
        heading = sentence.path.rpartition(HEADING_SEPARATOR)[2]
        if heading.endswith("?") and min(library.coverage(question, heading), library.coverage(heading, question)) >= _SAME:
            chunk, path = sentence.passage.chunk_id, sentence.path
            under = [other for other in plain if other.passage.chunk_id == chunk and other.path == path]
            return sorted(under, key=lambda other: other.start)[:_ANSWER]
    return []


def _defines(sentence: Sentence, question: str, library: Library) -> bool:
    """Whether it, or the heading that it stands under, begins with what is asked for."""
    innermost = sentence.path.rpartition(HEADING_SEPARATOR)[2]
    first_line = sentence.text.partition("\n")[0]
    opening = first_line if sentence.kind == "definition" else first_line[:_OPENING]
    return any(_is_about(question, text, library) for text in (innermost, opening))


def _is_about(question: str, text: str, library: Library) -> bool:
    if names_number(question, text) is False:
        return False
    named = names_code(question, text)
    return library.coverage(question, text) >= _MOSTLY if named is None else named


def _introduced_by(sentence: Sentence, retrieved: Retrieved) -> list[Sentence]:
    """The example, or the list, that a sentence with a colon at its end leads over to."""
    if not sentence.text.rstrip().endswith(":"):
        return []
    own = [other for other in retrieved.sentences if other.passage.chunk_id == sentence.passage.chunk_id]
    following = sorted((other for other in own if other.start >= sentence.end), key=lambda other: other.start)
    introduced = list(itertools.takewhile(lambda other: other.kind in _INTRODUCED, following))
    return introduced[:_MOST_INTRODUCED]


def _with_antecedent(sentence: Sentence, retrieved: Retrieved) -> Sentence:
    passage = sentence.passage
    earlier = [
        other for other in retrieved.sentences if other.passage.chunk_id == passage.chunk_id and other.end <= sentence.start
    ]
    before = max(earlier, key=lambda other: other.end, default=None)
    if before is None or before.heading or not _POINTS_BACK.match(sentence.text):
        return sentence
    gap = passage.text[before.end - passage.start : sentence.start - passage.start]
    if gap.strip() or gap.count("\n") > 1:  # another list item, or another paragraph
        return sentence
    text = passage.text[before.start - passage.start : sentence.end - passage.start]
    return replace(sentence, text=text, start=before.start)


def _best(question: str, sentences: Sequence[Sentence], retrieved: Retrieved, library: Library) -> list[Sentence]:
    """The best, and those near it that say more of what was asked; for an overview or among equals, any near it."""
    why = asks_why(question)
    least = _AS_GOOD if asks_whether(question) else _NEAR  # yes or no is said once

    def liking(sentence: Sentence) -> float:
        return sentence.liking * (_REASON_WEIGHT if why and _REASON.search(sentence.text) else 1.0)

    ranked = sorted(sentences, key=lambda sentence: -liking(sentence))[:_BEST]
    chosen: list[Sentence] = []
    quoted = ""
    for sentence in ranked:
        longer = f"{quoted} {_with_antecedent(sentence, retrieved).text}"
        share = liking(sentence) / liking(ranked[0]) if liking(ranked[0]) else 1.0
        fitting = sentence.score >= _AS_GOOD * ranked[0].score  # near words of another kind are no part of it
        good = wants_overview(question) or (share >= _AS_GOOD and fitting and not why)
        if share >= least and (good or library.coverage(question, longer) > library.coverage(question, quoted)):
            chosen.append(sentence)
            quoted = longer
    return chosen or ranked[:1]
