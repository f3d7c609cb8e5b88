"""A question back, where a question leaves open what it is about and the documents speak of several things that it may be.

Rare by design: only a question that points to something before it names anything is asked back, only where nothing was said
before, and only where the first hits are of several subjects and none of them is clearly nearer than the others.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..retrieval import Filters, Library, Passage
from ..text import one_line
from .asking import asked_in, lacks_subject
from .messages import Findings, Reply, TeamMessage

_LOOKED_AT = 6  # passages
_EVEN = 0.75  # of the best hit's score, from which on another subject is as near
_MOST = 4  # subjects that are named
_ASKING = {
    "en": "What do you mean?",
    "de": "Was genau meinst du?",
    "es": "¿A qué te refieres?",
    "fr": "De quoi parlez-vous ?",
    "it": "A che cosa ti riferisci?",
    "pt": "A que se refere?",
    "nl": "Wat bedoel je precies?",
    "pl": "Co masz na myśli?",
    "ru": "Что вы имеете в виду?",
    "zh": "您指的是哪一个？",
    "ja": "どれのことですか？",
}


def clarify(
    library: Library, question: str, *, mode: str, collections: Sequence[str], filters: Filters | None
) -> tuple[TeamMessage, ...] | None:
    """What is said instead of an answer; None where the question can be answered as it is."""
    if not lacks_subject(question):
        return None
    retrieved = library.retrieve(question, k=_LOOKED_AT, mode=mode, collection=collections, filters=filters)
    names = even_subjects(retrieved.passages)
    if len(names) < 2:
        return None
    asking = _ASKING[asked_in(question, _ASKING)]
    text = f"{asking}\n\n" + "\n".join(f"- {name}" for name in names)
    return (
        Findings(source="retriever", retrieved=retrieved),
        Reply(source="editor", text=text, short=text, kind="abstained", asks_back=names),
    )


def even_subjects(passages: Sequence[Passage]) -> tuple[str, ...]:
    """The documents of those that are about as near as the first, by title; each once, the nearest first.

    Parts of one document are no subjects to choose among: whoever asks for its opening hours means its holidays, too.
    """
    near = [passage for passage in passages if passage.score >= _EVEN * passages[0].score]
    return tuple(dict.fromkeys(_title(passage) for passage in near))[:_MOST]


def _title(passage: Passage) -> str:
    return one_line(passage.title or passage.source.replace("\\", "/").rpartition("/")[2], 80)
