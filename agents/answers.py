"""The answer as it is shown: marks numbered by first use, quotations, and everything made safe for a terminal."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..conversations import Citation, Evidence
from ..retrieval import Passage, Retrieved, Sentence
from ..text import safe

ABSTAINED = "I could not find this in your documents."
_SHOWN = 3  # evidence sentences
_MARK = re.compile(r"\[(\d{1,4})\]")


def evidence_of(found: Retrieved, order: Sequence[Passage] | None = None) -> list[Evidence]:
    """The best sentences; each marked with the place of its passage in `order` (as found, where it is not given)."""
    numbers = {passage.chunk_id: n for n, passage in enumerate(order or found.passages, start=1)}
    return [
        Evidence(
            numbers[one.passage.chunk_id],
            safe(one.passage.source),
            one.passage.page,
            safe(one.text),
            one.start,
            one.end,
        )
        for one in found.sentences[:_SHOWN]
    ]


def citation(n: int, passage: Passage) -> Citation:
    return Citation(n, safe(passage.source), passage.page, safe(passage.text), passage.score)


def quoted(short: str, sentences: Sequence[Sentence]) -> tuple[str, list[Passage]]:
    """A short answer with its sentence quoted beneath, or only quotations; and the passages in the order of their marks."""
    order: list[Passage] = []
    lines: list[str] = []
    for one in sentences:
        if one.passage not in order:
            order.append(one.passage)
        lines.append(f"> “{_flat(one.text)}” [{order.index(one.passage) + 1}]")
    head = f"{_flat(short)} [1]\n\n" if short else ""
    return head + "\n>\n".join(lines), order


def renumbered(draft: str, passages: Sequence[Passage]) -> tuple[str, list[Passage]]:
    """A prose draft with its marks numbered by first use; a mark that no passage has is taken out."""
    order: list[Passage] = []

    def mark(match: re.Match[str]) -> str:
        at = int(match[1]) - 1
        if not 0 <= at < len(passages):
            return ""
        if passages[at] not in order:
            order.append(passages[at])
        return f"[{order.index(passages[at]) + 1}]"

    return safe(_MARK.sub(mark, draft)).strip(), order


def unmarked(text: str) -> str:
    """`text` without marks."""
    return re.sub(r"[ \t]*\[\d{1,4}\]", "", text).strip()


def defused(text: str) -> str:
    """Text from a document with what looks like one of our marks made to look like none."""
    return _MARK.sub(r"(\1)", text)


def _flat(text: str) -> str:
    return " ".join(defused(safe(text)).split())
