"""An answer of two readings: the phrase of one and the prose of the other, each with its marks, and a line between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...conversations import Unsupported
from ...retrieval import Passage, Sentence
from ..messages import Draft, Verdict
from ..second import Reading
from ..writing import MarkedDraft, mark_statements, render_quotations

_PROSE_AFTER = "The model that writes reads it differently:"
_PHRASE_AFTER = "A second reader of the same passages finds another answer:"


def both_readings(
    draft: Draft, verdict: Verdict, reading: Reading, passages: Sequence[Passage], *, strict: bool
) -> MarkedDraft:
    """The text of both, in the order that the verdict says. `passages` are those that the draft's own marks count."""
    quotations = [replace(each, passage=_as_read(each, passages)) for each in reading.quotations]
    if verdict.place != "first":
        after = verdict.place == "after"
        marked = mark_statements(draft.text, verdict.statements, passages, strict=strict)
        text, cited = render_quotations(reading.phrase if after else "", quotations, marked.cited)
        parts = (marked.text, _PHRASE_AFTER if after else "", text)
        return MarkedDraft("\n\n".join(part for part in parts if part), tuple(cited), marked.unsupported)
    phrase, cited = render_quotations(reading.phrase, quotations)
    marked = mark_statements(draft.text, verdict.statements, passages, strict=strict, marked=cited)
    if not marked.text:  # nothing is left of it
        return MarkedDraft(phrase, tuple(cited), ())
    before = f"{phrase}\n\n{_PROSE_AFTER}\n\n"
    moved = [Unsupported(each.text, each.start + len(before), each.end + len(before)) for each in marked.unsupported]
    return MarkedDraft(before + marked.text, marked.cited, tuple(moved))


def _as_read(sentence: Sentence, passages: Sequence[Passage]) -> Passage:
    """Its passage as the draft's model read it: joined with others, perhaps, and then under one mark with them."""
    own = sentence.passage
    same = [each for each in passages if each.chunk_id == own.chunk_id]
    around = [each for each in passages if each.source == own.source and each.start <= own.start and own.end <= each.end]
    return next(iter(same + around), own)
