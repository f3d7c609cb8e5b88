"""Raw completion on a model in this process: prompts as text or tokens, grammars, log-probabilities, its tokenizer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING

from ..base import Completion, Piece, RawRequest

if TYPE_CHECKING:
    from .backend import TransformersBackend
    from .engine import Ask


class InProcessRaw:
    """See `base.RawCompletion`."""

    def __init__(self, backend: TransformersBackend) -> None:
        self._backend = backend

    async def complete(self, request: RawRequest) -> Completion:
        async with aclosing(self._backend.write(await self._ask(request))) as answer:
            async for one in answer:
                if not isinstance(one, str):
                    return Completion(
                        text=one.text,
                        tokens=one.tokens,
                        logprobs=one.logprobs,
                        first=one.first,
                        prompt_tokens=one.prompt_tokens,
                        cached_tokens=one.cached_tokens,
                        finish="length" if one.finish == "length" else "stop",
                    )
        raise asyncio.CancelledError  # the backend was closed meanwhile

    async def tokenize(self, text: str, *, special: bool = False) -> Sequence[Piece]:
        engine = await self._backend.engine()
        return await self._backend.does(lambda: engine.pieces(text, special=special))

    async def _ask(self, request: RawRequest) -> Ask:
        from .engine import Ask
        from .sampling import Sampling

        engine = await self._backend.engine()
        prompt = request.prompt
        ids = engine.tokens(prompt, special=True) if isinstance(prompt, str) else list(prompt)
        return Ask(
            ids,
            request.max_tokens,
            Sampling(request.temperature, seed=request.seed),
            tuple(request.stop),
            _grammar(request),
            request.n_probs,
        )


def _grammar(request: RawRequest) -> str | None:
    from . import sampling as choice

    if request.grammar is not None:
        return choice.of_gbnf(request.grammar)
    if request.schema is not None:
        return choice.of_schema(request.schema)
    return choice.of_regex(request.regex) if request.regex is not None else None
