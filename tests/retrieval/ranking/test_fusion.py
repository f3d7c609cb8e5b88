"""Rankings merged: what several like comes first, but a clear first stays first."""

import pytest
from ayllu.retrieval.ranking.fusion import fuse_scored


def test_what_both_rank_beats_what_a_single_ranking_puts_first() -> None:
    fused = fuse_scored([[(1, 5.0), (2, 4.9), (3, 1.0)], [(4, 0.6), (2, 0.59), (5, 0.1)]], 3)
    assert fused[0][0] == 2
    assert {item for item, _ in fused} == {1, 2, 3, 4, 5}


def test_a_clear_first_is_not_put_behind_what_both_sides_place_somewhere() -> None:
    words = [(item, 3.0 - item / 100) for item in range(10)]
    meaning = [(99, 0.9), *((item, 0.5 - item / 1000) for item in range(9))]
    assert fuse_scored([words, meaning], 10)[0][0] == 99


def test_the_single_passage_with_a_word_counts_though_its_ranking_has_no_other() -> None:
    meaning = [(item, 0.5 - item / 1000) for item in range(10)]
    assert fuse_scored([[(7, 4.0)], meaning], 10)[0][0] == 7
    assert fuse_scored([[], meaning], 10)[0] == (0, pytest.approx(meaning and fuse_scored([meaning, []], 10)[0][1]))
    assert fuse_scored([[], []], 10) == []


def test_a_side_without_a_share_orders_nothing() -> None:
    words, meaning = [(1, 5.0), (2, 4.0), (3, 1.0)], [(3, 0.9), (2, 0.5), (1, 0.1)]
    assert [item for item, _ in fuse_scored([words, meaning], 3, (1.0, 0.0))] == [1, 2, 3]
    assert [item for item, _ in fuse_scored([words, meaning], 3, (0.0, 1.0))] == [3, 2, 1]
    assert fuse_scored([words, meaning], 3, (0.5, 0.5)) == fuse_scored([words, meaning], 3)
