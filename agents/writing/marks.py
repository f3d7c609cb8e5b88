"""Marks: `[n]` after a statement names the passage it comes from. They are numbered by their first use."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...retrieval import Passage, Sentence
from ...text import safe

_MARK = re.compile(r"\[(\d{1,4})\]")
_SEVERAL = re.compile(r"\[\d{1,4}(?:\s*(?:[,;&]|and)\s*\d{1,4})+\]")


def split_marks(draft: str, passages: int) -> str:
    """A model's `[1, 3]` as `[1][3]`, where there are as many passages: else its numbers would stay the model's own."""

    def split(match: re.Match[str]) -> str:
        numbers = re.findall(r"\d+", match[0])
        return "".join(f"[{number}]" for number in numbers) if all(1 <= int(n) <= passages for n in numbers) else match[0]

    return _SEVERAL.sub(split, draft)


def render_quotations(
    short: str, sentences: Sequence[Sentence], marked: Sequence[Passage] = ()
) -> tuple[str, list[Passage]]:
    """A short answer with its sentences quoted beneath, or only quotations; and the passages in the order of their marks.

    Those `marked` have theirs already.
    """
    cited = list(marked)
    marks: dict[str, list[str]] = {}  # by sentence: that of several passages is quoted once
    for sentence in sentences:
        mark, others = f"[{mark_number(sentence.passage, cited)}]", marks.setdefault(flatten(sentence.text), [])
        others.extend([] if mark in others else [mark])
    lines = [f"> “{text}” {''.join(of_text)}" for text, of_text in marks.items()]
    head = f"{flatten(short)} [{mark_number(sentences[0].passage, cited) if sentences else 1}]\n\n" if short else ""
    return head + "\n>\n".join(lines), cited


def render_remembered(answer: str, sentence: str, *, marked: bool) -> str:
    """A person's own answer with the mark of its passage, and the sentence that it rests on quoted beneath it.

    What they copied whole is not quoted once more, and an answer of several lines stands by itself.
    """
    if not marked:
        return answer
    fenced = answer.rstrip().endswith(("```", "~~~"))
    head = f"{answer.rstrip()}\n\n[1]" if fenced else f"{answer.rstrip()} [1]"
    quoted = flatten(sentence)
    if not quoted or "\n" in answer.strip() or flatten(answer) == quoted:
        return head
    return f"{head}\n\n> “{quoted}” [1]"


def strip_marks(text: str, *, trim: bool = True) -> str:
    """`text` without marks, and unless `trim` is False without the space around it."""
    bare = re.sub(r"[ \t]*\[\d{1,4}\]", "", text)
    return bare.strip() if trim else bare


def defuse_marks(text: str) -> str:
    """Text from a document with what looks like one of our marks made to look like none."""
    return _MARK.sub(r"(\1)", text)


def flatten(text: str) -> str:
    """Text from a document as it stands in an answer: on one line, safe, and without anything like a mark."""
    return " ".join(defuse_marks(safe(text)).split())


def mark_number(passage: Passage, cited: list[Passage]) -> int:
    """The mark of `passage`, counted from 1; one that is new in `cited` is added."""
    if passage not in cited:
        cited.append(passage)
    return cited.index(passage) + 1
