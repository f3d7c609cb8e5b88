"""What the parts of the program went by when they answered: enough to fit each anew, years later, from a log alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class RankedPassage:
    """One passage as the two searches placed it, before anything that a person said took part.

    `keyword` and `dense`: by how much it stands out in either ranking, in standard deviations; 0 where that has it not.
    """

    chunk_id: str
    keyword: float
    dense: float


@dataclass(frozen=True, slots=True)
class JudgedSentence:
    """One sentence as it was judged against the question. `n` is the mark of its passage; offsets count in the source."""

    n: int
    start: int
    end: int
    score: float  # as evidence, 0 to 1
    cosine: float
    liking: float  # half dense, half keyword, 0 to 1


@dataclass(frozen=True, slots=True)
class CriticRecord:
    """What the critic saw, and by which bounds it decided. Probabilities are as fitted, before the person's bias.

    `decided`: the bound by which the answer is a refusal, or would be one; empty: no bound could have changed that (a
    model's own refusal, or nothing that may be quoted).
    """

    signals: Mapping[str, float] = field(default_factory=dict)
    retrieved: float = 0.0  # that the documents answer, by what was found
    written: float = 0.0  # the same, after the writing
    hopeless: float = 0.0  # as fitted; below it nothing is written
    threshold: float = 0.0  # as fitted; below it nothing is shown
    bias: float = 0.0  # by which the log-odds were moved for this person
    method: str = ""
    decided: Literal["hopeless", "threshold", ""] = ""
