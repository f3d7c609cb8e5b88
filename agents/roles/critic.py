"""The critic: whether the documents answer, and whether a draft may be shown. It alone decides."""

from __future__ import annotations

import asyncio

from autogen_core import CancellationToken

from ...backends import Backend
from ...retrieval import Retrieved, Sentence, names_code
from ..asking import asks_definition, subject
from ..events import AgentStarted, DraftDropped
from ..judging import (
    MENTIONED,
    NAMED,
    Decision,
    answer_threshold,
    answerable,
    confirmed,
    decide_before_writing,
    decide_on_prose,
    decide_on_span,
    measure_signals,
)
from ..messages import Draft, Findings, Question, Verdict, latest, messages_of
from ..writing import choose_method, quotable
from .role import Role, Thread

_NOTE = "checking against the documents"


def _standing(sentence: Sentence) -> str:
    """A sentence with all that it stands under."""
    return "\n".join((sentence.path, sentence.lead, sentence.text))


class Critic(Role):
    """Findings → Verdict, whether it is worth writing; Draft → Verdict, what becomes of it."""

    task = "says whether the documents answer, and whether a draft is supported"
    produces = Verdict

    async def respond(self, thread: Thread, stop: CancellationToken) -> Verdict:
        question, retrieved = latest(thread, Question), latest(thread, Findings).retrieved
        verdicts = messages_of(thread, Verdict)
        if not verdicts:
            return await self._judge_findings(question, retrieved)
        return await self._judge_draft(latest(thread, Draft), retrieved, verdicts)

    async def _judge_findings(self, question: Question, retrieved: Retrieved) -> Verdict:
        typed = subject(question.text)
        signals = await asyncio.to_thread(measure_signals, self._context.library, question.query, retrieved, typed)
        probability = answerable(signals)
        if any(names_code(typed, _standing(each)) for each in quotable(retrieved)):
            probability = max(probability, NAMED if asks_definition(typed) else MENTIONED)
        backend = await self._context.choose_backend()
        method = choose_method(question.text, backend)
        decision = decide_before_writing(retrieved, probability, self._threshold(backend), method)
        if decision == "abstain":
            self._context.emit(AgentStarted(self.name, _NOTE))
        return Verdict(source=self.name, decision=decision, method=method, answerable=probability)

    async def _judge_draft(self, draft: Draft, retrieved: Retrieved, verdicts: list[Verdict]) -> Verdict:
        emit = self._context.emit
        emit(AgentStarted(self.name, _NOTE))
        probability = verdicts[0].answerable
        if draft.candidates:
            probability = confirmed(probability, draft.candidates[0].logprob, draft.no_answer_logprob)
        threshold = self._threshold(await self._context.choose_backend())
        if draft.method == "prose":
            decision = await self._decide_on_prose(draft, retrieved, verdicts) if probability >= threshold else "abstain"
        else:
            decision = decide_on_span(draft.short, draft.quotations, probability, threshold)
        if draft.method == "prose" and decision == "rewrite":
            emit(DraftDropped("the draft was not supported by the documents"))
        elif draft.method == "prose" and decision == "quote":
            emit(DraftDropped("the model's words are not supported; here is what the documents say"))
        elif draft.method == "prose" and decision == "abstain" and draft.text.strip():
            emit(DraftDropped("the documents do not answer this"))
        return Verdict(source=self.name, decision=decision, method=draft.method, answerable=probability)

    async def _decide_on_prose(self, draft: Draft, retrieved: Retrieved, verdicts: list[Verdict]) -> Decision:
        rewritten = any(verdict.decision == "rewrite" for verdict in verdicts)
        library = self._context.library
        return await asyncio.to_thread(decide_on_prose, library, draft.text, retrieved, rewritten=rewritten)

    def _threshold(self, backend: Backend) -> float:
        """Asked each time: with the start of the model, a newly promoted adapter may have gone to work."""
        return answer_threshold(backend, self._context.settings)
