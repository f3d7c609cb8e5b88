"""What the critic decides: whether to write at all, and what becomes of a draft."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from ...retrieval import Retrieved, Sentence
from ..writing import Attributed, quotable
from .refusals import is_refusal

# write sends the question to the writer; with the others it is answered: by the draft, by a quotation instead of it, or by
# saying that the documents do not answer
Decision = Literal["write", "draft", "quote", "abstain"]

MIN_ANSWERABLE = 0.2  # probability that the documents answer, below which a span-writing model need not be asked
NAMED = 0.6  # the same, at least, where it has a code or a date of its own, and the documents have it too


def decide_before_writing(retrieved: Retrieved, probability: float, hopeless: float) -> Decision:
    """Whether there is anything to write from: a sentence that lacks a name or a day of the question answers another one.

    What the model writes may still change the critic's mind, so it is asked wherever finding was not `hopeless`.
    """
    return "write" if quotable(retrieved) and probability >= hopeless else "abstain"


def decide_on_span(short: str, quotations: Sequence[Sentence], probability: float, threshold: float) -> Decision:
    """`probability` is that after the model has pointed (`confirmed`). Without a short answer, its sentences are quoted."""
    if probability < threshold or not (short or quotations):
        return "abstain"
    return "draft" if short else "quote"


def decide_on_prose(
    draft: str,
    statements: Sequence[Attributed],
    retrieved: Retrieved,
    *,
    quotes: bool,
    answers: bool = True,
    believed: bool = True,
) -> Decision:
    """A prose draft is shown where anything in it is supported, and otherwise gives way.

    `quotes`: the best sentence answers by itself, and may take the place of a draft without support, or of a refusal by a
    model whose refusals are not `believed`. No sentence is held against the word of one that is. `answers`: by the evidence
    and the draft, the documents answer.
    """
    quoted: Decision = "quote" if quotes and quotable(retrieved) else "abstain"
    supported = [each.statement.text for each in statements if each.supported]
    if is_refusal(draft, supported):
        return "abstain" if believed else quoted
    if supported or any(each.foreign and each.supported is None for each in statements):
        return "draft" if answers else "abstain"
    return quoted
