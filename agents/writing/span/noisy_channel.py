"""The way back: a model tuned to ask as well as to answer says how likely the question is, given each answer.

An answer can please a model by itself; that the question would be asked about it must follow from the text (the noisy
channel of Lewis and Fan, "Generative question answering: learning to answer the whole question", 2019). Only the likeliest
candidates are asked about, for each takes as long as writing the question.
"""

from __future__ import annotations

from collections.abc import Sequence

from ....backends import RawCompletion
from .candidates import likelihood
from .ranking import Ranked, rescored

_MOST = 8  # candidates
_WITHIN = 4.0  # of the best one's score
_WEIGHT = 1.0  # of the question's log-probability, beside the score of `ranking`
_LONGEST = 48  # tokens of a question that are looked at


def inverse_prompt(prefix: str, text: str, answer: str) -> str:
    """The raw prompt after which the question comes. It begins as `span.span_prompt` does, so that the text is read once."""
    return f"{prefix}Text: {' '.join(text.split())}\nAnswer: {answer}\nQuestion:"


async def rescore_by_question(
    raw: RawCompletion, prefix: str, question: str, ranked: Sequence[Ranked], passages: Sequence[str]
) -> Sequence[Ranked]:
    """`ranked` in the order that both ways give them; `passages` are those of their sentences.

    The model must have been tuned with `inverse_prompt`.
    """
    tried = [one for one in ranked[:_MOST] if one.score >= ranked[0].score - _WITHIN]
    if len(tried) < 2:
        return ranked
    wanted = (await raw.tokenize(f" {' '.join(question.split())}\n"))[:_LONGEST]
    likely: dict[str, float] = {}
    for one in sorted(tried, key=lambda one: passages[one.sentence]):  # each passage is read once
        likely[one.text] = await likelihood(raw, inverse_prompt(prefix, passages[one.sentence], one.text), wanted)
    least = min(likely.values())
    scores = [one.score + _WEIGHT * likely.get(one.text, least) for one in ranked]
    return rescored(ranked, scores)
