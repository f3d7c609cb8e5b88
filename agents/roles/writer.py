"""The writer: a draft by the method that the critic's verdict names."""

from __future__ import annotations

import asyncio
import re

from autogen_core import CancellationToken

from ...backends import Backend
from ...retrieval import Retrieved
from ...text import safe
from ..asking import wished_language
from ..events import AgentStarted, Warned
from ..judging import learned_by, profile_of
from ..messages import Draft, Findings, Question, Verdict, latest
from ..writing import (
    as_sent,
    excerpt,
    last_words,
    prose_messages,
    prose_system,
    split_marks,
    strip_marks,
    tidy,
    with_antecedents,
)
from ..writing.span import SpanModel, prompt_name, write_span
from .examples import with_examples
from .role import Role, Thread
from .seeing import choose_what_is_read
from .streaming import FirstToken, stream_prose


class Writer(Role):
    """Verdict (write) → Draft. Prose is streamed; other drafts are shown by the editor, once they are judged."""

    task = "writes from the passages"
    produces = Draft

    async def respond(self, thread: Thread, stop: CancellationToken) -> Draft:
        question, retrieved = latest(thread, Question), latest(thread, Findings).retrieved
        verdict = latest(thread, Verdict)
        backend = await self._context.choose_backend()
        self._context.emit(AgentStarted(self.name, "writing"))
        match verdict.method:
            case "prose":
                return await self._write_prose(backend, with_examples(question, thread), retrieved, stop)
            case "span":
                return await self._write_span(backend, question, retrieved)
            case "quotation":
                return await self._quote(question, retrieved)

    async def _write_prose(
        self, backend: Backend, question: Question, retrieved: Retrieved, stop: CancellationToken
    ) -> Draft:
        await backend.start()  # settles the model, and with it the profile
        profile, load = profile_of(backend), self._context.load_prompt
        system, last = prose_system(load, profile), last_words(load, profile)
        arranged = await choose_what_is_read(self._context, backend, system, question, retrieved, most=profile.passages)
        read = [block.read for block in arranged.blocks]
        wished = wished_language(self._context.settings.instructions(question.collections))
        messages = prose_messages(system, question.text, question.history, read, last, wished=wished)
        prose, first_token_s = await stream_prose(self._context, backend, messages, stop, unread=arranged.unread_share)
        passages = tuple(block.passage for block in arranged.blocks)
        text = split_marks(tidy(safe(prose.text), question.text, passages), len(passages))
        if not re.search(r"\w", strip_marks(text)):
            text = ""
            self._context.emit(Warned("The model wrote nothing that could be an answer."))
        return Draft(
            source=self.name,
            method="prose",
            text=text,
            thought=safe(prose.thought),
            prompts=as_sent(messages),
            first_token_s=first_token_s,
            tokens=prose.tokens,
            read=passages,
        )

    async def _write_span(self, backend: Backend, question: Question, retrieved: Retrieved) -> Draft:
        await backend.start()  # a newly promoted adapter goes to work here, and decides the form of the prompt
        raw = backend.raw
        assert raw is not None  # the method says so
        clock = FirstToken(self._context.elapsed_s)
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
