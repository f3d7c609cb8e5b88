"""Two runs over the same questions, side by side: what the second gained in each figure, and whether that may be chance.

Questions are paired by their set and id; those that only one side has are counted and left out. Figures that are null for
either side of a pair (no answer to be supported, say) leave that pair out of that figure: its `n` says how many stayed.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .predictions import Gold, Line, PredictionsUnusable, read_lines
from .scores import YES_NO, score_question
from .sets import EvalSet
from .significance import adjust_for_several, bootstrap_gain, mcnemar

Key = tuple[str, str]  # SHA-256 of the set, id of the question


@dataclass(frozen=True, slots=True)
class Compared:
    """One figure. `gain` is `b` less `a`, `interval` its 95 % interval, `p` that of there being none."""

    a: float
    b: float
    gain: float
    interval: tuple[float, float]
    p: float
    p_adjusted: float  # for the number of figures compared
    n: int

    def to_json(self) -> dict[str, Any]:
        return {
            **{name: round(getattr(self, name), 4) for name in ("a", "b", "gain")},
            "interval": [round(bound, 4) for bound in self.interval],
            **{name: float(f"{getattr(self, name):.4g}") for name in ("p", "p_adjusted")},
            "n": self.n,
        }


def compare_files(
    first: Sequence[Path], second: Sequence[Path], sets: Sequence[EvalSet] = (), seed: int = 0
) -> dict[str, Any]:
    """Pool the files of each side and compare them; `sets` say of lines without `gold` what the right answers are.

    Raises:
        PredictionsUnusable: a file cannot be read, has a question twice, or the sides have no question in common.
    """
    a, b = _pool(first, sets), _pool(second, sets)
    keys = [key for key in a if key in b]
    if not keys:
        raise PredictionsUnusable(
            f"{_names(first)} and {_names(second)} have no question in common.",
            hint="Compare runs over the same file with the same `--limit` and `--seed`.",
        )
    metrics = _compare([(a[key], b[key]) for key in keys], [key[0] for key in keys], seed)
    return {
        "metrics": {name: compared.to_json() for name, compared in metrics.items()},
        "questions": len(keys),
        "units": len({(key[0], _gold(a[key]).question.unit) for key in keys}),
        "left_out": {"a": len(a) - len(keys), "b": len(b) - len(keys)},
        "sets": _counts(a[key] for key in keys),
    }


def _compare(pairs: Sequence[tuple[Line, Line]], sets: Sequence[str], seed: int) -> Mapping[str, Compared]:
    scored = [(score_question(a.prediction, _gold(a)), score_question(b.prediction, _gold(a))) for a, b in pairs]
    units = [(name, _gold(a).question.unit) for name, (a, _) in zip(sets, pairs, strict=True)]
    compared: dict[str, Compared] = {}
    for name in dict.fromkeys(name for figures, _ in scored for name in figures):
        values = [
            (old, new, unit)
            for (old_figures, new_figures), unit in zip(scored, units, strict=True)
            if (old := old_figures.get(name)) is not None and (new := new_figures.get(name)) is not None
        ]
        if values:
            compared[name] = _compared(name, *zip(*values, strict=True), seed=seed)
    adjusted = adjust_for_several([each.p for each in compared.values()])
    return {name: replace(each, p_adjusted=p) for (name, each), p in zip(compared.items(), adjusted, strict=True)}


def _compared(
    name: str, before: Sequence[float], after: Sequence[float], units: Sequence[Hashable], *, seed: int
) -> Compared:
    bootstrap = bootstrap_gain(before, after, seed, units)
    p = mcnemar([value > 0 for value in before], [value > 0 for value in after]) if name in YES_NO else bootstrap.p
    a, b = sum(before) / len(before), sum(after) / len(after)
    return Compared(a, b, b - a, (bootstrap.low, bootstrap.high), p, p, len(before))


def _pool(paths: Sequence[Path], sets: Sequence[EvalSet]) -> dict[Key, Line]:
    golds = {question.id: (each.sha256, Gold(question, each.long_answers)) for each in sets for question in each.questions}
    pooled: dict[Key, Line] = {}
    for path in paths:
        for line in read_lines(path):
            name = str(((line.run or {}).get("set") or {}).get("sha256", ""))
            question_id = line.prediction.id
            if question_id in golds and name in ("", golds[question_id][0]):
                name, gold = golds[question_id]
                line = replace(line, gold=gold)
            if line.gold is None:
                raise PredictionsUnusable(
                    f"{path} does not say what the right answer to the question {question_id!r} is.",
                    hint="Name the evaluation file too: `--questions FILE`.",
                )
            if (name, question_id) in pooled:
                raise PredictionsUnusable(
                    f"{path} answers the question {question_id!r}, which has been answered on the same side before.",
                    hint="Name each run once; runs over different files are pooled.",
                )
            pooled[name, question_id] = line
    return pooled


def _gold(line: Line) -> Gold:
    assert line.gold is not None  # `_pool` saw to it
    return line.gold


def _counts(lines: Iterable[Line]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for line in lines:
        name = str(((line.run or {}).get("set") or {}).get("name", ""))
        counts[name] = counts.get(name, 0) + 1
    return counts


def _names(paths: Sequence[Path]) -> str:
    return ", ".join(path.name for path in paths)
