"""Answers and rankings score as the field scores them."""

import pytest
from ayllu.evaluation import auc, metrics


def test_answers_score_as_the_squad_script_scores_them() -> None:
    assert metrics.exact_match("The  Eiffel Tower!", ["eiffel tower"]) == 1
    assert metrics.f1("in the year 1889", ["1889"]) == pytest.approx(0.5)
    assert metrics.contains("1889 [1]\n\n> “Built in 1889.” [1]", ["1889"]) == 1
    assert metrics.contains("18890", ["1889"]) == 0
    assert metrics.answer_words("two words [12]") == 2


def test_rankings_are_scored_by_grade_and_place() -> None:
    assert metrics.ndcg(["b", "a"], {"a": 2, "b": 1}) == pytest.approx((1 + 2 / 1.58496) / (2 + 1 / 1.58496), abs=1e-4)
    assert metrics.recall(["x", "a"], {"a": 1, "b": 1}, 2) == 0.5
    assert metrics.reciprocal_rank(["x", "a"], {"a": 1}) == 0.5
    assert metrics.average_precision(["a", "x", "b"], {"a": 1, "b": 1}) == pytest.approx((1 + 2 / 3) / 2)


def test_auc_is_the_chance_that_a_positive_scores_above_a_negative() -> None:
    assert auc([0.9, 0.1], [True, False]) == 1
    assert auc([0.5, 0.5, 0.9, 0.1], [True, False, False, True]) == pytest.approx(0.125)


def test_rouge_l_is_the_longest_common_subsequence_over_both_lengths() -> None:
    # (Lin, 2004): police … the gunman are 3 of 4 words in order, in both
    assert metrics.rouge_l("Police kill the gunman [1].", ["police killed the gunman"]) == 0.75
    assert metrics.rouge_l("the gunman police killed", ["police killed the gunman", "x"]) == 0.5
    assert metrics.rouge_l("", ["police killed the gunman"]) == 0
    assert metrics.rouge_l("¿Cuándo abre la biblioteca?", ["cuándo abre la biblioteca"]) == 1


def test_a_named_sentence_is_shown_however_it_is_split() -> None:
    named = ["The `` season '' is one - seventh of a week .", "Nobody knows ."]
    assert metrics.evidence_recall(["Intro. The “season” is one-seventh of a week.", "More."], named) == 0.5
    assert metrics.evidence_recall(["The season is one", "seventh of a week."], named) == 0.5
    assert metrics.evidence_recall([], named) == 0
