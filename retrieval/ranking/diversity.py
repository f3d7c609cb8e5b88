"""Not all hits from one place where others are nearly as good."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from ..docstore import Candidate
from .duplicates import Ranking


def spread(ranking: Ranking, known: Mapping[int, Candidate], share: float) -> Ranking:
    """The ranking anew: a hit loses `share` of its score for each better one under the same heading of its document."""
    waiting, chosen = list(ranking), list[tuple[int, float]]()
    places: Counter[tuple[int, str]] = Counter()

    def lessened(entry: tuple[int, float]) -> float:
        earlier = places[known[entry[0]].source, known[entry[0]].heading]
        return entry[1] * (1 - share) ** earlier if entry[1] > 0 else entry[1]

    while waiting:
        best = max(waiting, key=lessened)
        chosen.append((best[0], lessened(best)))
        places[known[best[0]].source, known[best[0]].heading] += 1
        waiting.remove(best)
    return chosen
