"""The retriever: hybrid search and the best sentences, on screen before the answer is begun."""

from __future__ import annotations

import asyncio

from autogen_core import CancellationToken

from ...text import one_line
from ..asking import needs_rewriting, subject
from ..events import AgentStarted, EvidenceFound
from ..messages import Findings, Question, latest, messages_of
from ..reranking import open_model_reranking, run_on_this_loop
from ..rewriting import rewrite_question
from ..writing import render_evidence, writing_style
from .role import Role, Thread


class Retriever(Role):
    """Question → Findings. What was found for the same question in an earlier attempt is passed on as it is.

    The query of the findings is what was searched for: the question's own, or a follow-up as the model wrote it out.
    """

    task = "finds passages"
    produces = Findings

    async def respond(self, thread: Thread, stop: CancellationToken) -> Findings:
        if earlier := messages_of(thread, Findings):
            return earlier[-1]
        context, question = self._context, latest(thread, Question)
        written_out = await self._rewritten(question, stop)
        context.emit(AgentStarted(self.name, "searching the documents"))
        failures: list[str] = []
        reranking = None
        if context.settings.retrieval.reranker == "model":
            reranking = open_model_reranking(
                context.settings.retrieval, context.choose_backend, run_on_this_loop(), failures.append
            )
        retrieved = await asyncio.to_thread(
            context.library.retrieve,
            written_out or question.query,
            also=subject(question.text) if written_out else "",
            k=context.passages,
            mode=context.settings.retrieval.mode,
            collection=question.collections,
            filters=context.filters,
            reranking=reranking,
        )
        for failure in failures:
            context.warn_once(failure)
        context.emit(EvidenceFound(render_evidence(retrieved), retrieved))
        return Findings(source=self.name, retrieved=retrieved)

    async def _rewritten(self, question: Question, stop: CancellationToken) -> str | None:
        """A follow-up as the model writes it out, where it may lean on what was said and the model writes prose."""
        if not question.history or not needs_rewriting(question.text):
            return None
        backend = await self._context.choose_backend()
        if writing_style(backend) != "prose":
            return None
        self._context.emit(AgentStarted(self.name, "working out what the question is about"))
        system = self._context.load_prompt("rewrite")
        written_out = await rewrite_question(backend, system, question.text, question.history, stop)
        if written_out is not None:
            self._context.emit(AgentStarted(self.name, f"taking it as: {one_line(written_out)}"))
        return written_out
