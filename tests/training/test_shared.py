"""Examples joined by what they begin with: every one is still there, and is seen as if it were read alone."""

import random
from pathlib import Path

import pytest
from ayllu.models import load_base
from ayllu.training.data.token_rows import Row
from ayllu.training.methods.shared_prefix import Joined, batch, joined


def rows() -> list[Row]:
    """Three passages of 30 tokens with five questions each, two answers of two tokens to one of them, and a stray row."""
    chance = random.Random(0)

    def some(count: int) -> list[int]:
        return [chance.randrange(1, 90) for _ in range(count)]

    made = [Row([*passage, *some(5), *some(2)], 2) for passage in (some(30), some(30), some(30)) for _ in range(5)]
    return [*made, Row([*made[0].ids[:-2], 91, 92], 2), Row(some(12), 3)]


def apart(one: Joined) -> list[Row]:
    """The examples that were joined."""
    found = []
    for number in sorted(set(one.branches) - {0}) or [0]:
        at = [index for index, branch in enumerate(one.branches) if branch in {0, number}]
        assert [one.positions[index] for index in at] == list(range(len(at)))
        ids = [one.ids[index] for index in at]
        labels = [one.labels[index] for index in at]
        answer = sum(label != -100 for label in labels)
        assert labels[-answer:] == ids[-answer:]
        found.append(Row(ids, answer))
    return found


def test_every_example_stands_in_one_sequence() -> None:
    asked = rows()
    made = joined(asked, 60, "llama")
    assert sorted((tuple(one.ids), one.answer) for each in made for one in apart(each)) == sorted(
        (tuple(one.ids), one.answer) for one in asked
    )
    assert max(len(one.ids) for one in made) <= 60
    assert max(max(one.branches) for one in made) == 4
    assert sum(len(one.ids) for one in made) < 0.6 * sum(len(one.ids) for one in asked)
    assert all(not any(one.branches) for one in joined(asked, 60, "falcon_h1"))
    assert max(max(one.branches) for one in joined(asked, 48, "llama")) == 2


def test_rows_longer_than_all_that_is_allowed_stand_alone() -> None:
    assert len(joined(rows(), 10, "llama")) == len(rows())
    assert joined([], 10, "llama") == []
    (whole,) = joined([Row([1, 2], 2)], 10, "llama")  # an answer and no prompt
    assert list(whole.labels) == [1, 2]


@pytest.mark.parametrize("architecture", ["llama", "falcon_h1"])
def test_a_joined_example_is_seen_as_if_it_were_alone(tiny: Path, architecture: str) -> None:
    import torch

    model, _ = load_base(tiny, "float32", "cpu")
    made = joined(rows(), 60, architecture)
    taken = batch(
        [{"input_ids": one.ids, "labels": one.labels, "positions": one.positions, "branches": one.branches} for one in made],
        0,
        multiple=32,
    )
    assert taken["input_ids"].shape[1] % 32 == 0
    with torch.no_grad():
        together = model(**{name: one for name, one in taken.items() if name != "labels"}).logits
        for number, one in enumerate(made):
            for at, row in enumerate(apart(one), start=1):
                alone = model(torch.tensor([row.ids])).logits[0]
                seen = [index for index, branch in enumerate(one.branches) if branch in {0, at}]
                assert torch.allclose(together[number, seen], alone, atol=1e-5)
                scored = taken["labels"][number, seen]
                assert (scored != -100).sum() == row.answer
