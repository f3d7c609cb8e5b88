"""Examples that begin alike, read as one sequence: their prefix once, then the rest of each, which sees prefix and itself.

Questions about one passage share the passage, and so do asking and answering. Loss and gradients are those of the examples
read apart (Liu et al., "Prefix Grouper", 2025, arXiv:2506.05433); here it is the attention mask that keeps them apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..data import TokenRow

_BY_MASK = ("llama", "mistral", "qwen2", "qwen3")  # architectures in which a token sees what the mask shows, nothing else
_MOST = 4  # examples in one sequence: a weight update should see different texts
_WORTH = 0.5  # of its tokens must be spared, for an example to be read with others
_UNSCORED = -100


@dataclass(frozen=True, slots=True)
class TrainingSequence:
    """One or more examples. Each list has an entry a token."""

    ids: Sequence[int]
    labels: Sequence[int]  # the token itself where it belongs to an answer, else -100
    positions: Sequence[int]  # within its own example
    branches: Sequence[int]  # 0: common to all; else the number of its example

    def to_row(self) -> dict[str, list[int]]:
        """As `collate` takes it, under the names that transformers looks for."""
        return {
            "input_ids": list(self.ids),
            "labels": list(self.labels),
            "positions": list(self.positions),
            "branches": list(self.branches),
        }


def join_by_prefix(rows: Sequence[TokenRow], longest: int, architecture: str) -> list[TrainingSequence]:
    """All `rows`, at most four in a sequence, and none longer than `longest` tokens where no single row is.

    A sequence stands where the first of its rows stood. Of some architectures (`model_type`) each row stays alone.
    """
    most = _MOST if architecture in _BY_MASK else 1
    place = {id(row): at for at, row in enumerate(rows)}
    groups = _groups(sorted(rows, key=lambda row: list(row.ids)), longest, most)
    ordered = sorted(groups, key=lambda group: min(place[id(row)] for row in group[0]))
    return [_join(group, prefix) for group, prefix in ordered]


def collate(rows: Sequence[Mapping[str, Sequence[int]]], padding: int, multiple: int = 1) -> dict[str, Any]:
    """Tensors (n, length) of `TrainingSequence.to_row`, padded at the end to a `multiple` of tokens; the mask is
    (n, 1, length, length) where any has a prefix.
    """
    import torch

    lengths = [len(row["input_ids"]) for row in rows]
    longest = -(-max(lengths) // multiple) * multiple

    def padded(name: str, filling: int) -> Any:
        return torch.tensor([[*row[name], *[filling] * (longest - len(row[name]))] for row in rows])

    tensors = {"input_ids": padded("input_ids", padding), "labels": padded("labels", _UNSCORED)}
    if not any(map(any, (row["branches"] for row in rows))):
        real = [[1] * length + [0] * (longest - length) for length in lengths]
        return {**tensors, "attention_mask": torch.tensor(real)}
    branches = padded("branches", -1)  # padding sees padding, and comes after all that is read
    seen = (branches[:, :, None] == branches[:, None, :]) | (branches[:, None, :] == 0)
    mask = (seen & torch.ones(longest, longest, dtype=torch.bool).tril())[:, None]
    return {**tensors, "position_ids": padded("positions", 0), "attention_mask": mask}


def _groups(ordered: Sequence[TokenRow], longest: int, most: int) -> Iterator[tuple[list[TokenRow], int]]:
    """Neighbours that are read together, and how many tokens they have in common."""
    group: list[TokenRow] = []
    prefix = total = 0
    for row in ordered:
        common = min(prefix, _common(group[0], row)) if group else 0
        spared = common * len(group) - prefix * (len(group) - 1)  # by this row; a shorter prefix is then common to all
        if group and len(group) < most and spared >= _WORTH * len(row.ids) and total + len(row.ids) - spared <= longest:
            group, prefix, total = [*group, row], common, total + len(row.ids) - spared
            continue
        if group:
            yield group, prefix
        group, prefix, total = [row], len(row.ids) - row.answer - 1, len(row.ids)
    if group:
        yield group, prefix


def _common(first: TokenRow, second: TokenRow) -> int:
    """How many tokens both begin with, at least one of each prompt left out: no single token follows a common one."""
    limit = min(len(row.ids) - row.answer - 1 for row in (first, second))
    return next((at for at in range(max(limit, 0)) if first.ids[at] != second.ids[at]), max(limit, 0))


def _join(group: Sequence[TokenRow], prefix: int) -> TrainingSequence:
    if len(group) == 1:
        (row,) = group
        return TrainingSequence(row.ids, _labels(row), range(len(row.ids)), [0] * len(row.ids))
    ids, positions, branches = list(group[0].ids[:prefix]), list(range(prefix)), [0] * prefix
    labels = [_UNSCORED] * prefix
    for number, row in enumerate(group, start=1):
        ids += row.ids[prefix:]
        labels += _labels(row)[prefix:]
        positions += range(prefix, len(row.ids))
        branches += [number] * (len(row.ids) - prefix)
    return TrainingSequence(ids, labels, positions, branches)


def _labels(row: TokenRow) -> list[int]:
    return [_UNSCORED] * (len(row.ids) - row.answer) + list(row.ids[len(row.ids) - row.answer :])
