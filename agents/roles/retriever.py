"""The retriever: no model, hybrid search and the best sentences, on screen before anything is written."""

from __future__ import annotations

import asyncio

from autogen_core import CancellationToken

from ..events import AgentStarted, EvidenceFound
from ..messages import Findings, Question, latest, messages_of
from ..reranking import open_model_reranking, run_on_this_loop
from ..writing import render_evidence
from .role import Role, Thread


class Retriever(Role):
    """Question → Findings. What was found for the same question in an earlier attempt is passed on as it is."""

    task = "finds passages"
    produces = Findings

    async def respond(self, thread: Thread, stop: CancellationToken) -> Findings:
        if earlier := messages_of(thread, Findings):
            return earlier[-1]
        context, question = self._context, latest(thread, Question)
        context.emit(AgentStarted(self.name, "searching the documents"))
        failures: list[str] = []
        reranking = None
        if context.settings.retrieval.reranker == "model":
            reranking = open_model_reranking(
                context.settings.retrieval, context.choose_backend, run_on_this_loop(), failures.append
            )
        retrieved = await asyncio.to_thread(
            context.library.retrieve,
            question.query,
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
