"""What a model in this process is asked for, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..base import TokenChoice


@dataclass(frozen=True, slots=True)
class Sampling:
    """Greedy at a `temperature` of 0. `top_p` and `top_k` (0: all) cut off the unlikely; a `seed` repeats the choice."""

    temperature: float = 0.0
    top_p: float = 1.0
    top_k: int = 0
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class GenerationRequest:
    """A prompt to be continued. `grammar` is llguidance's; `n_probs` candidates are listed for the first token."""

    prompt: Sequence[int]  # token ids
    max_tokens: int
    sampling: Sampling = field(default_factory=Sampling)
    stop: Sequence[str] = ()
    grammar: str | None = None
    n_probs: int = 0


@dataclass(frozen=True, slots=True)
class Generation:
    """What came of it. The end token counts among `tokens` and `logprobs`; `finish`: "stop", "length" or "stopped"."""

    text: str
    tokens: int
    finish: str
    prompt_tokens: int
    cached_tokens: int
    logprobs: Sequence[float] = ()
    first: Sequence[TokenChoice] = ()
