"""A model tuned to ask as well as to answer says how likely the question is, given each answer.

An answer can please a model by itself; that the question would be asked about it must follow from the text (the noisy
channel of Lewis and Fan, "Generative question answering: learning to answer the whole question", 2019). Only the likeliest
candidates are asked about, for each takes as long as writing the question.
"""

from __future__ import annotations

from collections.abc import Sequence

from ....backends import RawCompletion
from .candidates import forced_logprob
from .prompts import inverse_prompt
from .ranking import Ranked, rescore

_MOST = 8  # candidates
_WITHIN = 4.0  # of the best one's score
_WEIGHT = 1.0  # of the question's log-probability, beside the score of `ranking`
_LONGEST = 48  # tokens of a question that are looked at


async def rescore_by_question(
    raw: RawCompletion, prefix: str, question: str, ranked: Sequence[Ranked], passages: Sequence[str]
) -> Sequence[Ranked]:
    """`ranked` in the order that both directions give them; `passages` are those of their sentences, by index.

    The model must have been tuned with `inverse_prompt`.
    """
    near = [candidate for candidate in ranked[:_MOST] if candidate.score >= ranked[0].score - _WITHIN]
    if len(near) < 2:
        return ranked
    question_pieces = (await raw.tokenize(f" {' '.join(question.split())}\n"))[:_LONGEST]
    logprobs: dict[str, float] = {}
    for candidate in sorted(near, key=lambda candidate: passages[candidate.sentence]):  # each passage is read once
        prompt = inverse_prompt(prefix, passages[candidate.sentence], candidate.text)
        logprobs[candidate.text] = await forced_logprob(raw, prompt, question_pieces)
    least = min(logprobs.values())
    scores = [candidate.score + _WEIGHT * logprobs.get(candidate.text, least) for candidate in ranked]
    return rescore(ranked, scores)
