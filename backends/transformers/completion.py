"""Raw completion on a model in this process: prompts as text or tokens, grammars, log-probabilities, its tokenizer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING

from ..base import Completion, Piece, RawRequest
from .generation import Generation, GenerationRequest, Sampling
from .model_thread import EngineOwner

if TYPE_CHECKING:
    from .engine import Engine


class TransformersCompletion:
    """See `base.RawCompletion`."""

    def __init__(self, owner: EngineOwner) -> None:
        self._owner = owner

    async def complete(self, request: RawRequest) -> Completion:
        engine = await self._owner.engine()
        async with aclosing(self._owner.thread.generate(engine, _generation_request(engine, request))) as pieces:
            async for piece in pieces:
                if isinstance(piece, Generation):
                    return Completion(
                        text=piece.text,
                        tokens=piece.tokens,
                        logprobs=piece.logprobs,
                        first=piece.first,
                        prompt_tokens=piece.prompt_tokens,
                        cached_tokens=piece.cached_tokens,
                        finish="length" if piece.finish == "length" else "stop",
                    )
        raise asyncio.CancelledError  # the backend was closed meanwhile

    async def tokenize(self, text: str, *, special: bool = False) -> Sequence[Piece]:
        engine = await self._owner.engine()
        return await self._owner.thread.run(lambda: engine.pieces(text, special=special))


def _generation_request(engine: Engine, request: RawRequest) -> GenerationRequest:
    prompt = request.prompt
    return GenerationRequest(
        engine.tokens(prompt, special=True) if isinstance(prompt, str) else list(prompt),
        request.max_tokens,
        Sampling(request.temperature, seed=request.seed),
        tuple(request.stop),
        _grammar(request),
        request.n_probs,
    )


def _grammar(request: RawRequest) -> str | None:
    from .grammars import gbnf_grammar, regex_grammar, schema_grammar

    if request.grammar is not None:
        return gbnf_grammar(request.grammar)
    if request.schema is not None:
        return schema_grammar(request.schema)
    return regex_grammar(request.regex) if request.regex is not None else None
