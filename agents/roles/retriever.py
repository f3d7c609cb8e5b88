"""The retriever: hybrid search and the best sentences, on screen before the answer is begun."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence

from autogen_core import CancellationToken

from ...errors import AylluError
from ...retrieval import Pin, Reranking, Retrieved
from ...text import one_line
from ..asking import compared, needs_rewriting, subject, wanted_form
from ..events import AgentStarted, EvidenceFound
from ..messages import Findings, Question, latest, messages_of
from ..reranking import open_model_reranking, run_on_this_loop
from ..rewriting import rewrite_question
from ..writing import render_evidence, writing_style
from .role import Role, Thread

_MORE = 3  # passages for a list, a comparison or a summary; of prose the first are read, as many as there is time for


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
        written_out = None
        if await self._may_be_written_out(question):
            _, written_out = await asyncio.gather(self._show_typed(question), self._write_out(question, stop))
        spoken = written_out or question.text
        context.emit(AgentStarted(self.name, "searching the documents"))
        failures: list[str] = []
        reranking = None
        if context.settings.retrieval.reranker == "model":
            reranking = open_model_reranking(
                context.settings.retrieval, context.choose_backend, run_on_this_loop(), failures.append
            )
        also = (*(compared(spoken) or ()), *([subject(question.text)] if written_out else []))
        retrieved = await self._retrieve(question, written_out or question.query, also, self._most(spoken), reranking)
        for failure in failures:
            context.warn_once(failure)
        context.emit(EvidenceFound(render_evidence(retrieved), retrieved))
        return Findings(source=self.name, retrieved=retrieved)

    async def _retrieve(
        self, question: Question, query: str, also: Sequence[str], most: int, reranking: Reranking | None = None
    ) -> Retrieved:
        return await asyncio.to_thread(
            self._context.library.retrieve,
            query,
            also=also,
            k=most,
            mode=self._context.settings.retrieval.mode,
            collection=question.collections,
            filters=self._context.filters,
            reranking=reranking,
            pins=await self._pins(question, query),
            dense_share=await self._dense_share(question),
        )

    async def _dense_share(self, question: Question) -> float | None:
        """How much meaning counts beside words, as the person's judgements have it; None: as shipped."""
        refits, embedder = self._context.refits, self._context.library.embedder.name
        if refits is None:
            return None
        return (await asyncio.to_thread(refits.fusion, question.collections, embedder)).share

    async def _pins(self, question: Question, query: str) -> Sequence[Pin]:
        """What the person's corrections of questions near this one rest on; that they cannot be read the archivist says."""
        memory = self._context.corrections
        if memory is None:
            return ()
        with contextlib.suppress(AylluError):
            return await asyncio.to_thread(memory.pins, question.text, query, self._context.library, question.collections)
        return ()

    async def _show_typed(self, question: Question) -> None:
        """What the typed words find, while the model works out what they mean."""
        retrieved = await self._retrieve(question, question.query, (), self._most(question.text))
        self._context.emit(EvidenceFound(render_evidence(retrieved), retrieved))

    def _most(self, question: str) -> int:
        """Passages to find: more for what a single passage seldom has, unless so many were asked for."""
        more = 0 if self._context.exactly or wanted_form(question) is None else _MORE
        return self._context.passages + more

    async def _may_be_written_out(self, question: Question) -> bool:
        """Whether it may lean on what was said, and the model writes prose."""
        if not question.history or not needs_rewriting(question.text):
            return False
        return writing_style(await self._context.choose_backend()) == "prose"

    async def _write_out(self, question: Question, stop: CancellationToken) -> str | None:
        """A follow-up as the model writes it out."""
        self._context.emit(AgentStarted(self.name, "working out what the question is about"))
        backend, system = await self._context.choose_backend(), self._context.load_prompt("rewrite")
        written_out = await rewrite_question(backend, system, question.text, question.history, stop)
        if written_out is not None:
            self._context.emit(AgentStarted(self.name, f"taking it as: {one_line(written_out)}"))
        return written_out
