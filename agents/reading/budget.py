"""How many tokens of passages a prompt may have: what the context holds beside the rest, and what is read in time."""

from __future__ import annotations

from dataclasses import dataclass

_AT_LEAST = 0.25  # of the context goes to passages, however long an answer may be
_SPARE_S = 0.4  # of the time to the first token: what the server does besides reading, and the first token itself
_SURE = 0.9  # of the measured speed is counted on


@dataclass(frozen=True, slots=True)
class Budget:
    """Tokens of passages: `context` of all, `reading` of those that are not in the cache (None: the speed is not known)."""

    context: int
    reading: int | None
    speed: float | None = None  # tokens read a second


def budget_for(
    *, context: int, answer: int, frame: int, unread: int, speed: float | None, seconds: float, passed_s: float
) -> Budget:
    """The budget of one prompt.

    `context`: what the model reads, `answer`: the longest answer, `frame`: the prompt without passages, `unread`: what of it
    is not in the cache; all in tokens. `seconds` may go by to the first token, of which `passed_s` have.
    """
    fits = max(context - answer - frame, int(_AT_LEAST * context) - frame, 1)
    if speed is None:
        return Budget(fits, None)
    left_s = max(seconds - passed_s - _SPARE_S, 0.0)
    return Budget(fits, max(min(int(_SURE * speed * left_s) - unread, fits), 1), speed)
