"""What the critic decides: whether to write at all, and what becomes of a draft."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from ...retrieval import Library, Retrieved, Sentence
from ..writing import Method, quotable
from .refusals import is_refusal
from .signals import coverage

# write, and write again, send the question to the writer; with the others it is answered: by the draft, by a quotation
# instead of it, or by saying that the documents do not answer
Decision = Literal["write", "rewrite", "draft", "quote", "abstain"]

MIN_ANSWERABLE = 0.2  # probability that the documents answer, below which a span-writing model need not be asked
NAMED = 0.6  # the same, at least, where it is asked what something is whose own name the documents have
MENTIONED = 0.4  # the same, where something else is asked of it, or of a date that they have
_SUPPORTED = 0.6  # share of a draft's words' weight that must stand in the passages
_MARK = re.compile(r"\[(\d{1,3})\]")


def decide_before_writing(retrieved: Retrieved, probability: float, threshold: float, method: Method) -> Decision:
    """Whether there is anything to write from: a sentence that lacks a name or a day of the question answers another one.

    A model that points may still change the critic's mind, so it is asked
    sooner than one that writes prose."""
    least = min(MIN_ANSWERABLE, threshold) if method == "span" else threshold
    return "write" if quotable(retrieved) and probability >= least else "abstain"


def decide_on_span(short: str, quotations: Sequence[Sentence], probability: float, threshold: float) -> Decision:
    """`probability` is that after the model has pointed (`confirmed`). Without a short answer, its sentences are quoted."""
    if probability < threshold or not (short or quotations):
        return "abstain"
    return "draft" if short else "quote"


def decide_on_prose(library: Library, draft: str, retrieved: Retrieved, *, rewritten: bool) -> Decision:
    """A prose draft against the passages it may cite: supported where most of its words' weight stands in them.

    A model that says that the documents do not answer has read them: no sentence of theirs is held against its word.
    """
    if is_refusal(draft):
        return "abstain"
    instead: Decision = "quote" if quotable(retrieved) else "abstain"
    if not draft.strip():
        return instead
    passages = "\n".join(passage.text for passage in retrieved.passages)
    supported = coverage(library, _MARK.sub("", draft), passages) >= _SUPPORTED
    marked = any(1 <= int(mark) <= len(retrieved.passages) for mark in _MARK.findall(draft))
    if supported and marked:
        return "draft"
    return instead if rewritten else "rewrite"
