"""Examples that begin alike, read as one sequence: what they share once, then each one's rest, which sees that and itself.

Questions about one passage share the passage, and so do asking and answering. Loss and gradients are those of the examples
read apart (Liu et al., "Prefix Grouper", 2025, arXiv:2506.05433); here it is the attention mask that keeps them apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..data.token_rows import Row

_BY_MASK = ("llama", "mistral", "qwen2", "qwen3")  # architectures in which a token sees what the mask shows, nothing else
_MOST = 4  # examples in one sequence: a weight update should see different texts
_WORTH = 0.5  # of its tokens must be spared, for an example to be read with others
_UNSCORED = -100


@dataclass(frozen=True, slots=True)
class Joined:
    """One or more examples. Each list has an entry a token."""

    ids: Sequence[int]
    labels: Sequence[int]  # the token itself where it belongs to an answer, else -100
    positions: Sequence[int]  # within its own example
    branches: Sequence[int]  # 0: shared by all; else the number of its example


def joined(rows: Sequence[Row], longest: int, architecture: str) -> list[Joined]:
    """All `rows`, at most four in a sequence, and none longer than `longest` tokens where no single row is.

    A sequence stands where the first of its rows stood. Of some architectures (`model_type`) each row stays alone.
    """
    most = _MOST if architecture in _BY_MASK else 1
    place = {id(row): at for at, row in enumerate(rows)}
    groups = _groups(sorted(rows, key=lambda row: list(row.ids)), longest, most)
    ordered = sorted(groups, key=lambda group: min(place[id(row)] for row in group[0]))
    return [_join(group, shared) for group, shared in ordered]


def batch(found: Sequence[Mapping[str, Sequence[int]]], padding: int, multiple: int = 1) -> dict[str, Any]:
    """Tensors (n, length) of `Joined` fields, padded at the end; the mask is (n, 1, length, length) where any are shared."""
    import torch

    longest = -(-max(len(one["input_ids"]) for one in found) // multiple) * multiple

    def padded(name: str, filling: int) -> Any:
        return torch.tensor([[*one[name], *[filling] * (longest - len(one[name]))] for one in found])

    taken = {"input_ids": padded("input_ids", padding), "labels": padded("labels", _UNSCORED)}
    if not any(map(any, (one["branches"] for one in found))):
        real = [[1] * len(one["input_ids"]) + [0] * (longest - len(one["input_ids"])) for one in found]
        return {**taken, "attention_mask": torch.tensor(real)}
    branches = padded("branches", -1)  # padding sees padding, and comes after all that is read
    seen = (branches[:, :, None] == branches[:, None, :]) | (branches[:, None, :] == 0)
    mask = (seen & torch.ones(longest, longest, dtype=torch.bool).tril())[:, None]
    return {**taken, "position_ids": padded("positions", 0), "attention_mask": mask}


def _groups(ordered: Sequence[Row], longest: int, most: int) -> Iterator[tuple[list[Row], int]]:
    """Neighbours that are read together, and how many tokens they share."""
    group: list[Row] = []
    shared = total = 0
    for row in ordered:
        common = min(shared, _alike(group[0], row)) if group else 0
        spared = common * len(group) - shared * (len(group) - 1)  # by one more; a shorter part is then shared by all
        if group and len(group) < most and spared >= _WORTH * len(row.ids) and total + len(row.ids) - spared <= longest:
            group, shared, total = [*group, row], common, total + len(row.ids) - spared
            continue
        if group:
            yield group, shared
        group, shared, total = [row], len(row.ids) - row.answer - 1, len(row.ids)
    if group:
        yield group, shared


def _alike(one: Row, other: Row) -> int:
    """How many tokens both begin with, at least one of each prompt left out: a shared token is followed by no one token."""
    limit = min(len(row.ids) - row.answer - 1 for row in (one, other))
    return next((at for at in range(max(limit, 0)) if one.ids[at] != other.ids[at]), max(limit, 0))


def _join(group: Sequence[Row], shared: int) -> Joined:
    if len(group) == 1:
        (row,) = group
        return Joined(row.ids, _labels(row), range(len(row.ids)), [0] * len(row.ids))
    ids, positions, branches = list(group[0].ids[:shared]), list(range(shared)), [0] * shared
    labels = [_UNSCORED] * shared
    for number, row in enumerate(group, start=1):
        ids += row.ids[shared:]
        labels += _labels(row)[shared:]
        positions += range(shared, len(row.ids))
        branches += [number] * (len(row.ids) - shared)
    return Joined(ids, labels, positions, branches)


def _labels(row: Row) -> list[int]:
    return [_UNSCORED] * (len(row.ids) - row.answer) + list(row.ids[len(row.ids) - row.answer :])
