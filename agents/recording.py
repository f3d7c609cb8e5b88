"""What a team said about a question, as the exchange that is kept of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .. import __version__
from ..backends import Backend
from ..config import Settings, current_person
from ..conversations import (
    Answer,
    Exchange,
    JudgedSentence,
    RankedPassage,
    Sampling,
    ScoredCandidate,
    SecondReading,
    ShownPassage,
    Style,
    Timings,
    new_id,
    now,
)
from ..retrieval import Passage, Retrieved, Sentence
from ..text import safe
from .memory import Remembered
from .messages import (
    Draft,
    Findings,
    Question,
    Recalling,
    Reply,
    TeamMessage,
    Verdict,
    latest,
    messages_of,
    passages_read,
    second_reading,
)
from .writing import flatten, render_evidence, render_passage, writing_style
from .writing.span import FEATURES, Ranked

_NOBODY = "none"
_SENTENCES = 20  # that are kept with what they were judged by


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What of an exchange the team does not say."""

    settings: Settings
    session_id: str
    team: str
    seed: int | None
    embedder: str
    backend: Backend | None  # who wrote; None: no model was asked
    warnings: Sequence[str]
    total_s: float


def record_exchange(thread: Sequence[TeamMessage], around: Circumstances) -> Exchange:
    """The exchange of a `thread` that ends with a reply. Passages are marked as they are shown: cited ones first."""
    question, retrieved, reply = latest(thread, Question), latest(thread, Findings).retrieved, latest(thread, Reply)
    recollections = [recalling.recollection for recalling in messages_of(thread, Recalling)]
    given = recollections[-1].given if recollections else None
    drafts, verdicts = messages_of(thread, Draft), messages_of(thread, Verdict)
    looked_at = _distinct([*passages_read(thread), *retrieved.passages])
    order = _distinct([*reply.cited, *looked_at])
    marks = {passage.chunk_id: n for n, passage in enumerate(order, start=1)}
    shown = tuple(render_passage(n, passage) for n, passage in enumerate(order, start=1))
    agents = around.settings.agents
    answer = Answer(
        question=safe(question.text),
        answer=reply.text,
        short=reply.short,
        kind=reply.kind,
        unsupported=reply.unsupported,
        withdrawn=reply.withdrawn,
        second_reading=_second_reading(thread, marks),
        asks_back=reply.asks_back,
        documents_read=reply.documents_read,
        evidence=render_evidence(retrieved, order),
        citations=shown[: len(reply.cited)],
        passages=shown,
        requested_backend=around.settings.backend,
        backend=around.backend.name if around.backend else _NOBODY,
        model=around.backend.model if around.backend else _NOBODY,
        adapter=around.backend.adapter if around.backend else None,
        message_id=new_id("m"),
        session_id=around.session_id,
        answerable=round(verdicts[-1].answerable, 6) if verdicts else 0.0,  # without a critic nobody knows
        memory=given.recalled if given is not None else None,
        recollections=tuple(each.recalled for recollection in recollections[-1:] for each in recollection.near),
        warnings=tuple(around.warnings),
        timings=_timings(retrieved, drafts, around.total_s),
    )
    return Exchange(
        created_at=now(),
        person=current_person(around.settings),
        question=question.text,
        query=retrieved.query,
        style=_style(around.backend, given),
        team=around.team,
        collections=question.collections,
        prompts=drafts[-1].prompts if drafts else (),
        thought=drafts[-1].thought if drafts else "",
        passages=tuple(
            ShownPassage(
                marks[passage.chunk_id],
                passage.chunk_id,
                passage.source,
                passage.page,
                passage.text,
                passage.collection,
                passage.sha256,
            )
            for passage in looked_at
        ),
        candidates=tuple(
            _scored(candidate, retrieved.sentences, marks) for draft in drafts[-1:] for candidate in draft.candidates
        ),
        answer=answer,
        ranked=tuple(
            RankedPassage(each.chunk_id, round(each.keyword, 4), round(each.dense, 4)) for each in retrieved.ranked
        ),
        dense_share=retrieved.dense_share,
        sentences=tuple(_judged(sentence, marks) for sentence in retrieved.sentences[:_SENTENCES]),
        critic=verdicts[-1].record if verdicts else None,
        propensity=_propensity(around, drafts),
        sampling=Sampling(agents.temperature, agents.max_tokens, around.seed),
        versions={"ayllu": __version__, "embedder": around.embedder},
    )


def _style(backend: Backend | None, given: Remembered | None) -> Style:
    """How it was written; what was remembered, as the answer that was corrected."""
    if given is not None:
        return given.entry.style
    return writing_style(backend) if backend is not None else "prose"


def _distinct(passages: Sequence[Passage]) -> list[Passage]:
    """The first of each id."""
    distinct: dict[str, Passage] = {}
    for passage in passages:
        distinct.setdefault(passage.chunk_id, passage)
    return list(distinct.values())


def _timings(retrieved: Retrieved, drafts: Sequence[Draft], total_s: float) -> Timings:
    first_token_s = next((draft.first_token_s for draft in drafts if draft.first_token_s is not None), None)
    return Timings(
        search_s=round(retrieved.search_s, 4),
        evidence_s=round(retrieved.evidence_s, 4),
        first_token_s=round(first_token_s, 4) if first_token_s is not None else None,
        total_s=round(total_s, 4),
        tokens=sum(draft.tokens for draft in drafts),
    )


def _second_reading(thread: Sequence[TeamMessage], marks: Mapping[str, int]) -> SecondReading | None:
    """What the second reader read, as the verdict on the draft places it."""
    reading, verdicts = second_reading(thread), messages_of(thread, Verdict)
    if reading is None or not verdicts or verdicts[-1].agreement is None:
        return None
    sentence = reading.quotations[0]
    return SecondReading(
        short=safe(reading.phrase),
        quotation=flatten(sentence.text),
        n=marks[sentence.passage.chunk_id],
        model=reading.model,
        agreement=verdicts[-1].agreement,
        place=verdicts[-1].place,
        share=round(reading.share, 4),
    )


def _scored(candidate: Ranked, sentences: Sequence[Sentence], marks: Mapping[str, int]) -> ScoredCandidate:
    sentence = sentences[candidate.sentence]
    return ScoredCandidate(
        text=candidate.text,
        score=round(candidate.score, 4),
        share=round(candidate.share, 4),
        logprob=round(candidate.logprob, 4),
        n=marks[sentence.passage.chunk_id],
        start=sentence.start,
        end=sentence.end,
        features={name: round(value, 4) for name, value in zip(FEATURES, candidate.features, strict=False)},
    )


def _judged(sentence: Sentence, marks: Mapping[str, int]) -> JudgedSentence:
    return JudgedSentence(
        marks[sentence.passage.chunk_id],
        sentence.start,
        sentence.end,
        round(sentence.score, 4),
        round(sentence.cosine, 4),
        round(sentence.liking, 4),
    )


def _propensity(around: Circumstances, drafts: Sequence[Draft]) -> float | None:
    """1 where the answer is the best by a score, or greedy; that of words drawn by chance no backend tells."""
    written = any(draft.method == "prose" and draft.text for draft in drafts)
    return None if written and around.settings.agents.temperature > 0 else 1.0
