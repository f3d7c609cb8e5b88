"""Rankings merged: what several like comes first."""

import pytest
from ayllu.retrieval.ranking.fusion import fuse


def test_what_both_rank_beats_what_a_single_ranking_puts_first() -> None:
    fused = fuse([[1, 2, 3], [4, 2, 5]], k=60)
    assert fused[0] == (2, pytest.approx(2 / 62))
    assert dict(fused)[1] == dict(fused)[4] == pytest.approx(1 / 61)
    assert fuse([]) == []
    with pytest.raises(ValueError, match="positive"):
        fuse([[1]], k=0)
