"""The critic: whether the documents answer, and whether a draft may be shown. It alone decides."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from autogen_core import CancellationToken

from ...backends import Backend
from ...retrieval import Retrieved, Sentence, names_code, names_number
from ..asking import asking_sentences, asks_definition, subject, wanted_form, wished_language, with_history
from ..events import AgentStarted, DraftDropped
from ..judging import (
    NAMED,
    Bounds,
    Signals,
    answer_bounds,
    answerable,
    attribute,
    calibration_of,
    confirmed,
    confirmed_by_draft,
    decide_before_writing,
    decide_on_prose,
    decide_on_span,
    measure_signals,
    profile_of,
)
from ..judging.records import record_draft, record_findings
from ..messages import Draft, Findings, Question, Verdict, latest, messages_of, second_reading
from ..second import compare_readings, place_reading, precedence_beside
from ..writing import Method, choose_method, quotable, strip_marks
from .role import Role, Thread

_NOTE = "checking against the documents"
_ONLY_QUOTES = (
    "The model in use points at sentences and writes no {form} of its own. `ayllu models list` names those that do and"
    " fit this machine; `ayllu models use NAME` takes one."
)
_OTHER_LANGUAGE = (
    "This answer is in another language than the documents, so only its numbers and names could be checked against them."
)
_REASONS = {
    "quote": "nothing in it stands in the documents; here is what they say",
    "abstain": "the documents do not answer this",
}


def _standing(sentence: Sentence) -> str:
    """A sentence with all that it stands under."""
    return "\n".join((sentence.path, sentence.lead, sentence.text))


class Critic(Role):
    """Findings → Verdict, whether it is worth writing; Draft → Verdict, what becomes of it."""

    task = "says whether the documents answer, and whether a draft is supported"
    produces = Verdict

    async def respond(self, thread: Thread, stop: CancellationToken) -> Verdict:
        question, retrieved = latest(thread, Question), latest(thread, Findings).retrieved
        if verdicts := messages_of(thread, Verdict):
            verdict = await self._judge_draft(latest(thread, Draft), question, retrieved, verdicts[0])
            return await self._placing_second_reading(verdict, thread)
        return await self._judge_findings(question, retrieved)

    async def _judge_findings(self, question: Question, retrieved: Retrieved) -> Verdict:
        typed = subject(question.text)
        signals = await asyncio.to_thread(self._measure, question, retrieved)
        probability = answerable(signals)
        standing = [_standing(each) for each in quotable(retrieved)]
        if asks_definition(typed) and all(names_number(typed, each) is False for each in standing):
            probability = 0.0  # the documents define others of its kind
        elif any(names_code(typed, each) for each in standing):
            probability = max(probability, NAMED)
        backend = await self._context.choose_backend()
        method = choose_method(question.text, backend)
        if method == "quotation" and (form := wanted_form(question.text)):
            self._context.warn_once(_ONLY_QUOTES.format(form=form))
        fitted = self._bounds(backend, method)
        bias = await self._bias(question, method, fitted)
        decision = decide_before_writing(retrieved, probability, fitted.moved(bias).hopeless)
        if decision == "abstain":
            self._context.emit(AgentStarted(self.name, _NOTE))
        record = record_findings(signals, probability, fitted, bias, method, writable=bool(quotable(retrieved)))
        return Verdict(source=self.name, decision=decision, method=method, answerable=probability, record=record)

    def _measure(self, question: Question, retrieved: Retrieved) -> Signals:
        """The signals of the question, or of that of its sentences which the passages answer most likely."""
        library = self._context.library
        measured = [measure_signals(library, retrieved.query, retrieved, subject(question.text))]
        for sentence in asking_sentences(question.text):
            reread = library.reread(retrieved, with_history(sentence, question.history), collection=question.collections)
            measured.append(measure_signals(library, reread.query, reread, subject(sentence)))
        return max(measured, key=answerable)

    async def _judge_draft(self, draft: Draft, question: Question, retrieved: Retrieved, first: Verdict) -> Verdict:
        self._context.emit(AgentStarted(self.name, _NOTE))
        probability = first.answerable
        if draft.candidates:
            probability = confirmed(probability, draft.candidates[0].logprob, draft.no_answer_logprob)
        backend = await self._context.choose_backend()
        if draft.method == "prose":
            return await self._judge_prose(draft, question, retrieved, first, backend)
        fitted = self._bounds(backend, draft.method)
        threshold = fitted.moved(first.record.bias if first.record else 0.0).threshold
        decision = decide_on_span(draft.short, draft.quotations, probability, threshold)
        record = record_draft(first.record, probability, fitted, decides=bool(draft.short or draft.quotations))
        return Verdict(source=self.name, decision=decision, method=draft.method, answerable=probability, record=record)

    async def _judge_prose(
        self, draft: Draft, question: Question, retrieved: Retrieved, first: Verdict, backend: Backend
    ) -> Verdict:
        statements = await asyncio.to_thread(
            attribute,
            self._context.library,
            retrieved.query,
            draft.text,
            draft.read or retrieved.passages,
            wished=wished_language(self._context.settings.instructions(question.collections)),
        )
        foreign = any(each.foreign for each in statements)
        if foreign:
            self._context.warn_once(_OTHER_LANGUAGE)
        fitted, believed = self._bounds(backend, "prose"), profile_of(backend).believed
        bounds = fitted.moved(first.record.bias if first.record else 0.0)
        probability = first.answerable
        if not foreign and not fitted.chosen:
            probability = await asyncio.to_thread(self._with_draft, draft, question, retrieved, probability)
        answers = probability >= bounds.threshold or (foreign and not fitted.chosen)
        quotes = first.answerable >= bounds.quoting
        decisions = [
            decide_on_prose(draft.text, statements, retrieved, quotes=quotes, answers=held, believed=believed)
            for held in (True, False)
        ]
        decision = decisions[0 if answers else 1]
        decides = (decisions[0] == "abstain") != (decisions[1] == "abstain")
        reason = "" if decision == "draft" else _REASONS[decision]
        if reason and draft.text.strip():
            self._context.emit(DraftDropped(reason))
        return Verdict(
            source=self.name,
            decision=decision,
            method="prose",
            answerable=first.answerable,
            statements=tuple(statements),
            reason=reason,
            record=record_draft(first.record, probability, fitted, decides=decides),
        )

    def _with_draft(self, draft: Draft, question: Question, retrieved: Retrieved, before: float) -> float:
        """The probability that the documents answer, once prose was written; as `before` where nothing was fitted.

        A model that read more passages than were found first may have its answer from those.
        """
        library = self._context.library
        calibration = calibration_of(library.embedder.name)
        if calibration is None:
            return before
        text, names = strip_marks(draft.text), question.collections
        nearness = library.nearness(text, retrieved, collection=names)
        if len(draft.read) > len(retrieved.passages):
            read = library.reread(replace(retrieved, passages=draft.read), retrieved.query, collection=names)
            nearness = max(nearness, library.nearness(text, read, collection=names))
        return confirmed_by_draft(before, nearness, calibration)

    async def _placing_second_reading(self, verdict: Verdict, thread: Thread) -> Verdict:
        """The same verdict, with where the second reading stands in the answer, if there is one."""
        reading = second_reading(thread)
        if reading is None:
            return verdict
        backend, query = await self._context.choose_backend(), latest(thread, Findings).retrieved.query
        agreement = compare_readings(reading.phrase, latest(thread, Draft).text, self._context.library)
        probability = confirmed(verdict.answerable, reading.logprob, reading.no_answer_logprob)
        place = place_reading(
            agreement,
            precedence_beside(backend, query),
            verdict.decision,
            reading.share,
            answers=probability >= self._bounds(backend, "span").threshold,
        )
        return verdict.model_copy(update={"agreement": agreement, "place": place})

    async def _bias(self, question: Question, method: Method, fitted: Bounds) -> float:
        """By how much the person's judgements of refusals move the log-odds; not where they chose the bound themselves."""
        refits, embedder = self._context.refits, self._context.library.embedder.name
        if refits is None or fitted.chosen:
            return 0.0
        fit = await asyncio.to_thread(refits.bias, question.collections, embedder, prose=method == "prose")
        return fit.bias

    def _bounds(self, backend: Backend, method: Method) -> Bounds:
        """Asked each time: with the start of the model, a newly promoted adapter may have gone to work."""
        return answer_bounds(backend, self._context.settings, self._context.library.embedder.name, method)
