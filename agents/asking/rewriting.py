"""A follow-up written out by a model, so that it can be searched for by itself.

The model sees the last turns, shortened, and is held to one short line. What it writes is taken only where it looks like
that question: a small model may answer it instead, or go on talking.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .follow_ups import leans_back, may_point, own_words

LONGEST_REWRITE = 40  # tokens
_TURNS = 2
_QUESTION_SHOWN, _ANSWER_SHOWN = 200, 240  # characters
_MOST_WORDS = 36
_FRAGMENT = 4  # words, up to which what is no sentence leans on what was said
_LABEL = re.compile(r"^\W*(?:(?:the )?(?:rewritten |standalone |clear |last |full )*question|q)\s*:\s*", re.IGNORECASE)
_SHOWN = (  # what it is like: a pronoun, a question without a subject, another subject
    (
        "Q: When was the stone bridge built?\nA: It was built in 1950.\nLast question: Who designed it?",
        "Who designed the stone bridge?",
    ),
    (
        "Q: What does a membership cost?\nA: 20 soles a year.\nLast question: and for students?",
        "What does a membership cost for students?",
    ),
    (
        "Q: How do I sharpen a chisel?\nA: On a wet stone.\nLast question: Is there parking there?",
        "Is there parking there?",
    ),
)


def needs_rewriting(question: str) -> bool:
    """Whether it may lean on what was said before: it points to something, or is no more than a part of a sentence."""
    words = question.split()
    fragment = len(words) <= _FRAGMENT and "?" not in question
    return (fragment and bool(own_words(question))) or leans_back(question) or may_point(question)


def rewriting_turns(question: str, history: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """(what is asked, what is answered) of the chat; the last answer is empty, for the model to write."""
    turns = "\n".join(
        f"Q: {_shortened(asked_before, _QUESTION_SHOWN)}\nA: {_shortened(answer, _ANSWER_SHOWN)}"
        for asked_before, answer in history[-_TURNS:]
    )
    return [*_SHOWN, (f"{turns}\nLast question: {_shortened(question, _QUESTION_SHOWN)}", "")]


def rewritten(written: str, question: str) -> str | None:
    """The question as the model wrote it out; None where that is none, or not this one."""
    line = next((line for line in written.strip().splitlines() if line.strip()), "")
    text = _LABEL.sub("", line).strip().strip("\"“”'` ").strip()
    words = text.split()
    if not words or len(words) > _MOST_WORDS or text.casefold() == question.strip().casefold():
        return None
    kept = set(own_words(text))
    own = own_words(question)
    if own and 2 * sum(word in kept for word in own) < len(own):
        return None
    return text


def _shortened(text: str, most: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= most else f"{flat[:most].rsplit(' ', 1)[0]} …"
