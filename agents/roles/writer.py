"""The writer: a draft by the method that the critic's verdict names."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from autogen_core import CancellationToken
from autogen_core.models import LLMMessage

from ...backends import Backend
from ...retrieval import Retrieved
from ..events import AgentStarted, Token, Warned
from ..judging import learned_by
from ..messages import Draft, Findings, Question, Verdict, latest
from ..writing import as_sent, excerpt, prose_messages, rewrite_messages, split_marks, with_antecedents, write_prose
from ..writing.span import SpanModel, prompt_name, write_span
from .role import Role, Thread


class Writer(Role):
    """Verdict (write, rewrite) → Draft. Prose is streamed; other drafts are shown by the editor, once they are judged."""

    task = "writes from the passages"
    produces = Draft

    async def respond(self, thread: Thread, stop: CancellationToken) -> Draft:
        question, retrieved = latest(thread, Question), latest(thread, Findings).retrieved
        verdict = latest(thread, Verdict)
        rewriting = verdict.decision == "rewrite"
        backend = await self._context.choose_backend()
        self._context.emit(AgentStarted(self.name, "writing again" if rewriting else "writing"))
        match verdict.method:
            case "prose":
                system = self._context.load_prompt("prose")
                messages = prose_messages(system, question.text, question.history, retrieved.passages)
                if rewriting:
                    messages += rewrite_messages(latest(thread, Draft).text, self._context.load_prompt("rewrite"))
                return await self._write_prose(backend, messages, len(retrieved.passages), stop)
            case "span":
                return await self._write_span(backend, question, retrieved)
            case "quotation":
                return await self._quote(question, retrieved)

    async def _write_prose(
        self, backend: Backend, messages: Sequence[LLMMessage], passages: int, stop: CancellationToken
    ) -> Draft:
        settings, clock = self._context.settings.agents, _FirstToken(self._context.elapsed_s)
        options = {"temperature": settings.temperature, "max_tokens": settings.max_tokens}
        if self._context.seed is not None:
            options["seed"] = self._context.seed

        def show(piece: str) -> None:
            clock.arrived()
            self._context.emit(Token(piece))

        await backend.start()  # settles the model, and puts a newly promoted adapter to work
        prose = await write_prose(backend.client, messages, options, stop, show)
        for notice in prose.notices:
            self._context.emit(Warned(notice))
        return Draft(
            source=self.name,
            method="prose",
            text=split_marks(prose.text, passages),
            prompts=as_sent(messages),
            first_token_s=clock.seconds,
            tokens=prose.tokens,
        )

    async def _write_span(self, backend: Backend, question: Question, retrieved: Retrieved) -> Draft:
        await backend.start()  # a newly promoted adapter goes to work here, and decides the form of the prompt
        raw = backend.raw
        assert raw is not None  # the method says so
        clock = _FirstToken(self._context.elapsed_s)
        prefix = self._context.load_prompt(prompt_name(backend))
        model = SpanModel(raw, prefix, tuned=backend.adapter is not None, learned=learned_by(backend))
        draft = await write_span(model, question.query, retrieved, self._context.library, clock.arrived)
        return Draft(
            source=self.name,
            method="span",
            short=draft.short,
            quotations=draft.quotations,
            candidates=draft.candidates,
            no_answer_logprob=draft.no_answer_logprob,
            prompts=draft.prompts,
            first_token_s=clock.seconds,
            tokens=sum(len(prompt.completion) for prompt in draft.prompts),
        )

    async def _quote(self, question: Question, retrieved: Retrieved) -> Draft:
        chosen = await asyncio.to_thread(excerpt, question.text, retrieved, self._context.library)
        quotations = tuple(with_antecedents(chosen, retrieved))
        return Draft(source=self.name, method="quotation", quotations=quotations, first_token_s=self._context.elapsed_s())


class _FirstToken:
    """When the first piece of a draft came."""

    def __init__(self, elapsed_s: Callable[[], float]) -> None:
        self._elapsed_s = elapsed_s
        self.seconds: float | None = None

    def arrived(self) -> None:
        if self.seconds is None:
            self.seconds = self._elapsed_s()
