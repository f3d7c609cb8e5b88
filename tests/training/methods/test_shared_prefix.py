"""Examples joined by what they begin with: every one is still there, and is seen as if it were read alone."""

import random
from pathlib import Path

import pytest
from ayllu.models import load_base
from ayllu.training.data import TokenRow
from ayllu.training.methods.shared_prefix import TrainingSequence, collate, join_by_prefix


def rows() -> list[TokenRow]:
    """Three passages of 30 tokens with five questions each, two answers of two tokens to one of them, and a stray row."""
    chance = random.Random(0)

    def some(count: int) -> list[int]:
        return [chance.randrange(1, 90) for _ in range(count)]

    passages = (some(30), some(30), some(30))
    questions = [TokenRow([*passage, *some(5), *some(2)], 2) for passage in passages for _ in range(5)]
    return [*questions, TokenRow([*questions[0].ids[:-2], 91, 92], 2), TokenRow(some(12), 3)]


def separate(sequence: TrainingSequence) -> list[TokenRow]:
    """The examples that were joined."""
    examples = []
    for number in sorted(set(sequence.branches) - {0}) or [0]:
        places = [at for at, branch in enumerate(sequence.branches) if branch in {0, number}]
        assert [sequence.positions[at] for at in places] == list(range(len(places)))
        ids = [sequence.ids[at] for at in places]
        labels = [sequence.labels[at] for at in places]
        answer = sum(label != -100 for label in labels)
        assert labels[-answer:] == ids[-answer:]
        examples.append(TokenRow(ids, answer))
    return examples


def test_every_example_stands_in_one_sequence() -> None:
    apart = rows()
    sequences = join_by_prefix(apart, 60, "llama")
    again = [row for sequence in sequences for row in separate(sequence)]
    assert sorted((tuple(row.ids), row.answer) for row in again) == sorted((tuple(row.ids), row.answer) for row in apart)
    assert max(len(sequence.ids) for sequence in sequences) <= 60
    assert max(max(sequence.branches) for sequence in sequences) == 4
    assert sum(len(sequence.ids) for sequence in sequences) < 0.6 * sum(len(row.ids) for row in apart)
    assert all(not any(sequence.branches) for sequence in join_by_prefix(apart, 60, "falcon_h1"))
    assert max(max(sequence.branches) for sequence in join_by_prefix(apart, 48, "llama")) == 2


def test_rows_longer_than_all_that_is_allowed_stand_alone() -> None:
    assert len(join_by_prefix(rows(), 10, "llama")) == len(rows())
    assert join_by_prefix([], 10, "llama") == []
    (sequence,) = join_by_prefix([TokenRow([1, 2], 2)], 10, "llama")  # an answer and no prompt
    assert list(sequence.labels) == [1, 2]


@pytest.mark.parametrize("architecture", ["llama", "falcon_h1"])
def test_a_joined_example_is_seen_as_if_it_were_alone(tiny: Path, architecture: str) -> None:
    import torch

    model, _ = load_base(tiny, "float32", "cpu")
    sequences = join_by_prefix(rows(), 60, architecture)
    batch = collate([sequence.to_row() for sequence in sequences], 0, multiple=32)
    labels = batch.pop("labels")
    assert labels.shape[1] % 32 == 0
    with torch.no_grad():
        together = model(**batch).logits
        for at, sequence in enumerate(sequences):
            for number, row in enumerate(separate(sequence), start=1):
                alone = model(torch.tensor([row.ids])).logits[0]
                places = [place for place, branch in enumerate(sequence.branches) if branch in {0, number}]
                assert torch.allclose(together[at, places], alone, atol=1e-5)
                assert (labels[at, places] != -100).sum() == row.answer
