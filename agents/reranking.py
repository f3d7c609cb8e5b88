"""The model in use as reranker: how likely it finds the question, given a passage.

What a passage answers follows from it; so the mean log-probability of a question's token after the passage, less that
without one, says how well they fit (query likelihood as Sachan et al., "Improving passage retrieval with zero-shot question
generation", 2022, have it). Each passage is a reading of its own, and each token of the question a step.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

from ..backends import Backend, Piece, RawCompletion
from ..config import RetrievalSettings
from ..errors import UsageError
from ..retrieval import RerankerFailed, Reranking
from .writing.span import forced_logprob

_PASSAGES = 5  # where the settings do not say
_LONGEST = 48  # tokens of a question that are looked at
_ALONE = "A question:"

Run = Callable[[Coroutine[Any, Any, list[float]]], list[float]]  # runs on the backend's loop, and waits


class QuestionLikelihood:
    """See `Reranker`. `score` is called from another thread than the backend's loop, unless `run` starts that."""

    name = "model"

    def __init__(self, choose_backend: Callable[[], Awaitable[Backend]], run: Run, seconds: float) -> None:
        """`seconds`: how long one call may take."""
        self._choose_backend = choose_backend
        self._run = run
        self._seconds = seconds
        self._alone: tuple[str, float] = ("", 0.0)  # the latest question's own log-probability a token

    def score(self, query: str, passages: Sequence[str]) -> Sequence[float]:
        try:
            return self._run(asyncio.wait_for(self._score(query, passages), self._seconds))
        except TimeoutError as error:
            raise RerankerFailed(
                f"The model took longer than {self._seconds:g} s to look at a passage.",
                hint="Set `retrieval.rerank_seconds` higher, or `retrieval.reranker` to another.",
            ) from error

    async def _score(self, query: str, passages: Sequence[str]) -> list[float]:
        backend = await self._choose_backend()
        if backend.raw is None:
            raise _unable(backend)
        try:
            return await self._logprobs(backend.raw, query, passages)
        except UsageError as error:  # it takes no grammar of this kind
            raise _unable(backend) from error

    async def _logprobs(self, raw: RawCompletion, query: str, passages: Sequence[str]) -> list[float]:
        pieces = (await raw.tokenize(f" {_flat(query)}"))[:_LONGEST]
        if not pieces:
            return [0.0] * len(passages)
        if self._alone[0] != query:
            self._alone = (query, await _mean_logprob(raw, _ALONE, pieces))
        prompts = [f"Passage: {_flat(passage)}\nA question that this passage answers:" for passage in passages]
        return [await _mean_logprob(raw, prompt, pieces) - self._alone[1] for prompt in prompts]


def open_model_reranking(
    chosen: RetrievalSettings,
    choose_backend: Callable[[], Awaitable[Backend]],
    run: Run,
    notify: Callable[[str], None],
) -> Reranking:
    """The model that `choose_backend` gives, within the bounds of the settings."""
    reranker = QuestionLikelihood(choose_backend, run, chosen.rerank_seconds)
    passages, seconds = chosen.rerank_passages or _PASSAGES, chosen.rerank_seconds
    return Reranking(reranker, passages=passages, seconds=seconds, notify=notify, at_once=1)


def run_on_this_loop() -> Run:
    """A `Run` for other threads, which waits for this thread's loop."""
    loop = asyncio.get_running_loop()
    return lambda work: asyncio.run_coroutine_threadsafe(work, loop).result()


async def _mean_logprob(raw: RawCompletion, prompt: str, pieces: Sequence[Piece]) -> float:
    return await forced_logprob(raw, prompt, pieces) / len(pieces)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _unable(backend: Backend) -> RerankerFailed:
    return RerankerFailed(
        f"The backend {backend.name} cannot say how likely a question is.",
        hint="Set `retrieval.reranker` to another or to none, or answer by `llamacpp` or `transformers`.",
    )
