"""A short answer copied from the text, with the sentences that are quoted beneath it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ....adapters import LearnedExtras
from ....backends import RawCompletion
from ....conversations import RawPrompt
from ....retrieval import Library, Retrieved, Sentence, names_rival
from ..marks import defuse_marks
from ..quotation import is_quotable, quotable, with_antecedents
from .candidates import no_answer_logprob, propose_candidates
from .cells import asked_cell, best_row, row_by_name
from .completion import complete_span
from .noisy_channel import rescore_by_question
from .prompts import span_contexts, span_prompt
from .ranking import TUNED, UNTUNED, Ranked, rank

_SURE = 0.8  # share of a sentence among the candidates, below which it does not stand alone
_CLOSE = 0.86  # of the best sentence's score, above which the second is quoted too


@dataclass(frozen=True, slots=True)
class SpanDraft:
    """What a span-writing model brought forth. Without any candidate, the short answer is empty."""

    short: str
    quotations: tuple[Sentence, ...]
    candidates: tuple[Ranked, ...]  # best first
    prompts: tuple[RawPrompt, ...]
    no_answer_logprob: float | None  # with which a model tuned to say so says that the text does not answer


@dataclass(frozen=True, slots=True)
class SpanModel:
    """A model that points: what is asked of it, and what is known of it."""

    raw: RawCompletion
    prefix: str  # of its prompts
    tuned: bool
    learned: LearnedExtras


async def write_span(
    model: SpanModel, query: str, retrieved: Retrieved, library: Library, on_candidates: Callable[[], None]
) -> SpanDraft:
    """Ask for spans in each context, and choose. `on_candidates` is called when those of a context have come.

    Raises:
        AylluError: the backend failed.
    """
    contexts = [defuse_marks(context) for context in span_contexts(retrieved, tuned=model.tuned)]
    by_context, prompts = [], []
    for context in contexts:
        candidates = await propose_candidates(model.raw, model.prefix, context, query)
        texts = tuple(candidate.text for candidate in candidates)
        prompts.append(RawPrompt(span_prompt(model.prefix, context, query), texts, context))
        by_context.append(candidates)
        on_candidates()
    no_answer = None
    if model.learned.declines:  # asked of the text that was read last
        no_answer = await no_answer_logprob(model.raw, model.prefix, contexts[-1], query)
    sentences = [(sentence.text, sentence.score) for sentence in retrieved.sentences]
    scoring = TUNED if model.tuned else UNTUNED
    ranked: Sequence[Ranked] = await asyncio.to_thread(rank, by_context, query, sentences, library, scoring)
    ranked = [
        candidate
        for candidate in in_their_sentences(ranked, retrieved.sentences, tuned=model.tuned)
        if _stands_well(candidate, retrieved.sentences) and not names_rival(query, candidate.text)
    ]
    if ranked and model.learned.asks:
        passages = [" ".join(defuse_marks(sentence.passage.text).split()) for sentence in retrieved.sentences]
        ranked = await rescore_by_question(model.raw, model.prefix, query, ranked, passages)
    quotations = _quotations(retrieved, ranked)
    short = complete_span(ranked[0].text, quotations[0].text, query) if ranked else ""
    if not model.tuned and (row := best_row(retrieved.sentences)) is not None:
        row = await asyncio.to_thread(row_by_name, query, row, retrieved.sentences, library)
        cell = await asyncio.to_thread(asked_cell, query, row, retrieved.sentences, library)
        quotations, short = [row], cell or ""
    return SpanDraft(
        short=short,
        quotations=tuple(with_antecedents(quotations, retrieved)),
        candidates=tuple(ranked),
        prompts=tuple(prompts),
        no_answer_logprob=no_answer,
    )


def in_their_sentences(ranked: Sequence[Ranked], sentences: Sequence[Sentence], *, tuned: bool) -> list[Ranked]:
    """Each candidate with a sentence that has it, letter by letter; what stands in none is no quotation's answer.

    They are ranked by stems, in which "7,000,000" and "587,000" have a part in common. A tuned model has read the whole
    passage: what stands in none of its best sentences may stand there.
    """
    texts = [" ".join(defuse_marks(sentence.text).split()) for sentence in sentences]
    anchored: list[Ranked] = []
    for candidate in ranked:
        places = [place for place, text in enumerate(texts) if candidate.text in text]
        if candidate.sentence in places or (tuned and not places):
            anchored.append(candidate)
        elif places:
            anchored.append(replace(candidate, sentence=places[0]))
    return anchored


def _stands_well(candidate: Ranked, sentences: Sequence[Sentence]) -> bool:
    """Whether a sentence that has it may be an answer."""
    own = sentences[candidate.sentence]
    return is_quotable(own) or any(is_quotable(other) and candidate.text in other.text for other in sentences)


def _quotations(retrieved: Retrieved, ranked: Sequence[Ranked]) -> list[Sentence]:
    """The short answer's sentence; where that is in doubt, the best other one too. Without a short answer, no heading."""
    sentences = quotable(retrieved)
    if not ranked:
        return sentences[:2]
    chosen = retrieved.sentences[ranked[0].sentence]
    if not is_quotable(chosen):
        chosen = next((sentence for sentence in sentences if ranked[0].text in sentence.text), chosen)
    others = [sentence for sentence in sentences if sentence != chosen]
    share = sum(candidate.share for candidate in ranked if candidate.sentence == ranked[0].sentence)
    close = len(retrieved.sentences) > 1 and retrieved.sentences[1].score > _CLOSE * retrieved.sentences[0].score
    return [chosen, *others[:1]] if share < _SURE or close else [chosen]
