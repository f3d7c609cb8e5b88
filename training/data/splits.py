"""Which corrections are learnt from, and which are held out: no conversation stands on both sides.

Where there are fewer than four conversations (one long chat), single corrections are parted instead.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence

from .corrections import Correction

_FOLDS = 2  # the adapters of two learn from half; four cost twice the time for three quarters
_LEAST_GROUPS = 4
_CROSS_FITTED = 200  # corrections, below which each is held out once
_HELD_OUT = 0.2
_QUESTIONS = 120  # that are held out, about, where each fifth is smaller: the gain of 73 had an interval of ±0.1
_MIN_NEW = 20  # corrections, fewer than which tell nothing


def split_corrections(
    corrections: Sequence[Correction], share: float, seed: int = 0
) -> tuple[list[Correction], list[Correction]]:
    """Learnt from, and held out: about `share` of the corrections."""
    learned, held_out = _parts(corrections, [1 - share, share], seed)
    return learned, held_out


def held_out_folds(
    corrections: Sequence[Correction], learned_from: Collection[str] = (), seed: int = 0
) -> list[list[Correction]]:
    """The parts that are each answered by an adapter that has learnt from the others: two, which hold every correction; of
    200 corrections or more, as many fifths as it takes to ask about 120 (of more than 400, one).

    `learned_from` is what the adapter in use has learnt from, as in `already_learned`. What it knows by heart says nothing
    of a new one, so these are not held out; unless what is left are fewer than 20.
    """
    old = already_learned(corrections, learned_from)
    new = [correction for correction in corrections if correction.event_id not in old]
    eligible = new if len(new) >= _MIN_NEW else corrections
    if len(corrections) < _CROSS_FITTED:
        return split_folds(eligible, _FOLDS, seed)
    fifth = _HELD_OUT * len(corrections)
    share = min(1.0, fifth / len(eligible))
    count = min(max(1, round(_QUESTIONS / fifth)), int(1 / share))
    return _parts(eligible, [1 - count * share, *[share] * count], seed)[1:]


def split_folds(corrections: Sequence[Correction], count: int, seed: int = 0) -> list[list[Correction]]:
    """`count` parts of about one size."""
    return _parts(corrections, [1 / count] * count, seed)


def already_learned(corrections: Sequence[Correction], learned_from: Collection[str]) -> set[str]:
    """Which `corrections` count as learnt from, by event id; `learned_from` are names of conversations, and of corrections
    in them.

    A conversation without any of its corrections counts whole: an earlier version wrote no more down.
    """
    in_detail = {correction.group for correction in corrections if correction.event_id in learned_from}
    return {
        correction.event_id
        for name, members in indivisible_groups(corrections).items()
        for correction in members
        if name in learned_from or (correction.group in learned_from and correction.group not in in_detail)
    }


def indivisible_groups(corrections: Sequence[Correction]) -> dict[str, list[Correction]]:
    """What is not split, by name: conversations (`Correction.group`), or single corrections (`Correction.event_id`)."""
    groups: dict[str, list[Correction]] = {}
    for correction in corrections:
        groups.setdefault(correction.group, []).append(correction)
    return groups if len(groups) >= _LEAST_GROUPS else {correction.event_id: [correction] for correction in corrections}


def _parts(corrections: Sequence[Correction], shares: Sequence[float], seed: int) -> list[list[Correction]]:
    groups = indivisible_groups(corrections)
    order = sorted(groups)
    random.Random(seed).shuffle(order)
    parts: list[list[Correction]] = [[] for _ in shares]
    for name in order:
        lacking = [share * len(corrections) - len(part) for share, part in zip(shares, parts, strict=True)]
        parts[lacking.index(max(lacking))] += groups[name]
    return parts
