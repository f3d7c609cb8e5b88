"""The second reader: a small model on this machine that reads the passages too, and copies a phrase out of them.

It is opened when it is first needed. Whatever keeps it from reading (its weights, the memory, an error, the time) costs the
answer nothing but the time that it is waited for; why is written into the log, once for each reason.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

from ...backends import Backend, RawRequest
from ...errors import AylluError
from ...retrieval import Library, Retrieved, Sentence
from ..judging import learned_by
from ..writing.span import SpanModel, prompt_name, write_span
from .precedence import precedence_beside

PATIENCE_S = 5.0  # so long an answer waits for it: 1 to 2 s a reading on two quiet cores, some 2 s more for the first
_SHARE = 0.25  # or so much longer than the answer has taken, where the machine is slow at everything
_REST = 5  # questions that it is not asked after one that it could not read in time
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reading:
    """What it read: a phrase of the passages, and the sentences that it stands in."""

    phrase: str
    quotations: tuple[Sentence, ...]
    share: float  # of the weight of all that it might have been, 0 to 1
    model: str
    logprob: float = 0.0  # mean over its contexts, as the critic reads it
    no_answer_logprob: float | None = None  # of a tuned model, that the passage has no answer


class SecondReader:
    """`open_backend` opens the model that reads, not yet started. `obstacle` says why that cannot be now; empty: it can.

    `failure` is why it did not read when it was last asked; empty where it did.
    """

    def __init__(
        self,
        open_backend: Callable[[], Backend],
        obstacle: Callable[[], str] | None = None,
        *,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._open_backend = open_backend
        self._obstacle = obstacle
        self.patience_s = patience_s
        self._backend: Backend | None = None
        self._starting: asyncio.Task[None] | None = None
        self._begun = ""  # the prompt whose beginning it has read
        self._rest = 0
        self.failure = ""

    async def warm(self, load_prompt: Callable[[str], str], writer: Backend | None = None) -> None:
        """Load it, and have it read what each of its prompts begins with. Where that cannot be, the log says why.

        Nothing is done where the `writer`, the backend that answers, does so alone.
        """
        if writer is not None and precedence_beside(writer) == "alone":
            return
        try:
            await self._started(load_prompt)
        except Exception as error:  # an edge, as in `read`
            self._fail(error)

    async def read(
        self,
        question: str,
        retrieved: Retrieved,
        library: Library,
        load_prompt: Callable[[str], str],
        *,
        taken_s: float = 0.0,
    ) -> Reading | None:
        """The phrase that answers; None where there is none, or it could not be read in time.

        `taken_s` is how long the answer has taken so far.

        Raises:
            asyncio.CancelledError: the question was stopped.
        """
        if self._rest > 0:
            self._rest -= 1
            return None
        reading, patience_s = None, max(self.patience_s, _SHARE * taken_s)
        try:
            async with asyncio.timeout(patience_s):
                if (backend := await self._started(load_prompt)) is not None and retrieved.sentences:
                    reading = await _read(backend, question, retrieved, library, load_prompt)
                    self.failure = ""
        except TimeoutError:
            if self._starting is not None and self._starting.done():
                self._rest = _REST
            self._tell(f"it had not read within {patience_s:.3g} s")
        except Exception as error:  # an edge: the first reader's answer stands, whatever happens to the second
            self._fail(error)
        return reading

    async def close(self) -> None:
        starting, self._starting = self._starting, None
        if starting is not None:
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
        backend, self._backend = self._backend, None
        self._begun = ""
        if backend is not None:
            await backend.close()

    async def _started(self, load_prompt: Callable[[str], str]) -> Backend | None:
        """The model, loaded, with its promoted adapter and the beginning of its prompts read.

        Both go on where a question no longer waits for them.
        """
        if self._backend is None:
            if self._obstacle is not None and (reason := await asyncio.to_thread(self._obstacle)):
                self._tell(reason)
                return None
            self._backend = self._open_backend()
        if self._starting is None or self._starting.done():
            self._starting = asyncio.create_task(self._prepare(self._backend, load_prompt))
            self._starting.add_done_callback(lambda task: task.cancelled() or task.exception())  # nobody may wait any more
        await asyncio.shield(self._starting)
        return self._backend

    async def _prepare(self, backend: Backend, load_prompt: Callable[[str], str]) -> None:
        await backend.start()
        name = prompt_name(backend)
        if backend.raw is not None and name != self._begun:
            await backend.raw.complete(RawRequest(load_prompt(name), max_tokens=1))
            self._begun = name

    def _fail(self, error: Exception) -> None:
        if isinstance(error, AylluError):
            self._tell(error.message)
        else:
            self._tell(f"{type(error).__name__}: {error}", error)

    def _tell(self, reason: str, error: Exception | None = None) -> None:
        if reason != self.failure:
            log.warning("the second reader did not read: %s", reason, exc_info=error)
        self.failure = reason


async def _read(
    backend: Backend, question: str, retrieved: Retrieved, library: Library, load_prompt: Callable[[str], str]
) -> Reading | None:
    if backend.raw is None:
        return None
    prefix = load_prompt(prompt_name(backend))
    model = SpanModel(backend.raw, prefix, tuned=backend.adapter is not None, learned=learned_by(backend))
    draft = await write_span(model, question, retrieved, library, lambda: None)
    if not any(draft.short in " ".join(each.text.split()) for each in draft.quotations if draft.short):
        return None  # nothing, or a phrase that no sentence bears out
    if not draft.candidates:
        return Reading(draft.short, draft.quotations, 0.0, backend.model)
    best = draft.candidates[0]
    return Reading(draft.short, draft.quotations, best.share, backend.model, best.logprob, draft.no_answer_logprob)
