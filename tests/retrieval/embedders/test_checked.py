"""Vectors are looked over before anything is kept of them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from ayllu.retrieval import HashingEmbedder
from ayllu.retrieval.embedders import CheckedEmbedder, VectorsUnusable


class GivenEmbedder(HashingEmbedder):
    """Gives what it was given, whatever it is to embed."""

    def __init__(self, rows: Any) -> None:
        super().__init__(2)
        self._rows = rows

    def embed_query(self, text: str) -> Any:
        return self._rows[0]

    def embed_documents(self, texts: Sequence[str]) -> Any:
        return self._rows


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([[1.0, float("nan")]], "no finite number"),
        ([[float("inf"), 0.0]], "no finite number"),
        ([[1e39, 0.0]], "no finite number"),  # beyond 32 bits
        ([[None, 1.0]], "no finite number"),
        ([[0.0, 0.0]], "nothing but zeros"),
        ([[1.0, 0.0, 0.0]], "3 numbers, where 2"),
        ([["a", "b"]], "no vectors"),
    ],
)
@pytest.mark.filterwarnings("ignore:overflow encountered")
def test_what_is_no_vector_is_refused_by_name(rows: Any, reason: str) -> None:
    embedder = CheckedEmbedder(GivenEmbedder(rows))
    with pytest.raises(VectorsUnusable, match=f"hashing:2 gave .*{reason}"):
        embedder.embed_documents(["text"])
    with pytest.raises(VectorsUnusable, match=reason):
        embedder.embed_query("text")


@pytest.mark.parametrize("rows", [[], [[1.0, 0.0]], [[1.0, 0.0], [1.0]], 7])
def test_too_few_rows_are_refused(rows: Any) -> None:
    with pytest.raises(VectorsUnusable):
        CheckedEmbedder(GivenEmbedder(rows)).embed_documents(["first", "second"])


def test_a_row_of_another_length_becomes_one_of_unit_length_and_the_others_stay_as_they_are() -> None:
    unit = np.array([0.6, 0.8], np.float32)
    rows = CheckedEmbedder(GivenEmbedder(np.array([unit, [30.0, 40.0]], np.float32))).embed_documents(["first", "second"])
    assert np.array_equal(rows[0], unit)
    assert rows[1] == pytest.approx([0.6, 0.8])
