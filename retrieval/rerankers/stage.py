"""What a search does with a reranker: a few passages, cut at a length, within a time; and it goes on where one fails."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Sequence

from ...errors import AylluError
from ...text import one_line
from .base import Reranker, RerankerFailed

_MOST_QUERY_CHARS = 1_000
_MOST_CHARS = 2_000  # of a passage: some 500 tokens, the window of the small cross-encoders
_AT_ONCE = 4  # passages, between two looks at the clock
log = logging.getLogger(__name__)


class Reranking:
    """A reranker with its bounds. `notify` is told of its first failure; one that fails at once is not tried again."""

    def __init__(
        self,
        reranker: Reranker,
        *,
        passages: int,
        seconds: float,
        notify: Callable[[str], None],
        at_once: int = _AT_ONCE,
    ) -> None:
        """`passages`: how many of the first are looked at. After `seconds` no more of them are."""
        self.passages = passages
        self._reranker = reranker
        self._seconds = seconds
        self._notify = notify
        self._at_once = at_once
        self._warned = False
        self._works: bool | None = None  # None: not known yet

    def scores(self, query: str, texts: Sequence[str]) -> list[float]:
        """Of the first `texts`, as many as there was time for; none where the reranker failed."""
        if self._works is False:  # a model that is not there would be looked for again at every question
            return []
        query = query[:_MOST_QUERY_CHARS]
        scores: list[float] = []
        began = time.monotonic()
        try:
            for at in range(0, len(texts), self._at_once):
                if scores and time.monotonic() - began > self._seconds:
                    log.info("%s: %d of %d passages in %g s", self._reranker.name, len(scores), len(texts), self._seconds)
                    break
                batch = [text[:_MOST_CHARS] for text in texts[at : at + self._at_once]]
                scores += _checked(self._reranker, query, batch)
                self._works = True
        except Exception as error:  # an edge: a runtime's or a stranger's code, and the search has its order already
            self._works = bool(self._works)
            self._warn(error)
            return []
        return scores

    def _warn(self, error: Exception) -> None:
        log.warning("%s failed", self._reranker.name, exc_info=True)
        if self._warned:
            return
        self._warned = True
        if isinstance(error, AylluError):
            self._notify(f"Passages are not reranked. {error.message} {error.hint}")
        else:
            reason = one_line(str(error), 200).rstrip(".") or type(error).__name__
            self._notify(f"Passages are not reranked: {self._reranker.name} failed ({reason}). The log has the details.")


def _checked(reranker: Reranker, query: str, texts: Sequence[str]) -> list[float]:
    scores = [float(score) for score in reranker.score(query, texts)]
    if len(scores) != len(texts) or not all(math.isfinite(score) for score in scores):
        raise RerankerFailed(
            f"The reranker {reranker.name} gave no score for some passage.", hint="Set another `retrieval.reranker`."
        )
    return scores
