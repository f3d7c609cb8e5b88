"""One answer while it is written: each token is chosen, spelled and looked at for an end."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from threading import Event
from typing import Any

import numpy as np

from ..base import TokenChoice
from ..wire import StopSequences
from .generation import Generation, GenerationRequest
from .grammars import HeldAnswer
from .sampling import Sampler, Scores, log_probabilities
from .spelling import Spelling


class PendingAnswer:
    """The answer to `request`, of at most `room` tokens. `finish` is set once it has ended."""

    def __init__(
        self,
        request: GenerationRequest,
        prompt: list[int],
        room: int,
        tokenizer: Any,
        end_tokens: Collection[int],
        held: HeldAnswer | None,
        on_piece: Callable[[str], None],
        stop: Event,
    ) -> None:
        self.prompt = prompt
        self.finish: str | None = None if room > 0 else "length"
        self._request = request
        self._room = room
        self._tokenizer = tokenizer
        self._end_tokens = end_tokens
        self._held = held
        self._on_piece = on_piece
        self._stop = stop
        self._sampler = Sampler(request.sampling)
        self._text = StopSequences(request.stop)
        self._spelling = Spelling(tokenizer, before=prompt[-1:])
        self._logprobs: list[float] = []
        self._first: Sequence[TokenChoice] = ()

    def next_token(self, scores: Scores | None) -> int | None:
        """Choose the next token; None once the answer has ended. Without `scores` it was stopped."""
        if self.finish is not None:
            return None
        if scores is None or self._stop.is_set():
            self.finish = "stopped"
            return None
        token = self._choose(scores)
        if token in self._end_tokens:
            self.finish = "stop"
            return None
        if self._held is not None:
            self._held.accept(token)
        if piece := self._text.add(self._spelling.add(token)):
            self._on_piece(piece)
        if self._text.ended:
            self.finish = "stop"
        elif len(self._logprobs) >= self._room:
            self.finish = "length"
        return token if self.finish is None else None

    def end(self, cached: int) -> Generation:
        """What came of it, of a prompt of which `cached` tokens were held; the last piece is handed out."""
        rest = "" if self._text.ended else self._text.add(self._spelling.rest())
        if self.finish != "stopped" and (piece := rest + self._text.flush()):
            self._on_piece(piece)
        return Generation(
            self._text.text,
            len(self._logprobs),
            self.finish or "length",
            len(self.prompt),
            cached,
            tuple(self._logprobs) if self._request.n_probs else (),
            self._first,
        )

    def _choose(self, scores: Scores) -> int:
        choices = log_probabilities(scores) if self._request.n_probs else None
        if choices is not None and not self._first:
            self._first = self._likeliest(choices)
        token = self._sampler.choose(self._held.restrict(scores) if self._held is not None else scores)
        self._logprobs.append(float(choices[token]) if choices is not None else 0.0)
        return token

    def _likeliest(self, logprobs: Any) -> Sequence[TokenChoice]:
        def spell(token: int) -> str:
            return Spelling(self._tokenizer, before=self.prompt[-1:]).add(token, last=True)

        ids = [int(token) for token in np.argsort(-logprobs)[: self._request.n_probs]]
        return tuple(TokenChoice(token, spell(token), float(logprobs[token])) for token in ids)
