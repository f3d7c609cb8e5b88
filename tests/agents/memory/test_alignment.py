"""Corrections in people's own words are put in those of the text; what it does not say is not made of it."""

import json
from pathlib import Path

import pytest
from ayllu.agents.memory import align, why_not_aligned
from ayllu.retrieval import sample_documents

CASES = [json.loads(line) for line in Path(__file__).with_name("corrections.jsonl").read_text("utf-8").splitlines()]
OTHER = "sample/courses.csv"  # shown too, before the passage that answers


@pytest.fixture(scope="module")
def documents() -> dict[str, str]:
    return dict(sample_documents())


@pytest.mark.parametrize("case", CASES, ids=[case["correction"] for case in CASES])
def test_a_correction_finds_its_words(documents: dict[str, str], case: dict[str, str]) -> None:
    passages = [documents[OTHER], documents[f"sample/{case['source']}"]]
    aligned = align(case["correction"], case["question"], passages)
    if case["span"] is None:
        assert aligned is None
        assert why_not_aligned(case["correction"], case["question"], passages)
        return
    assert aligned is not None
    assert aligned.text == case["span"]
    passage = passages[aligned.passage]
    assert passage[aligned.start : aligned.end] == aligned.text
    assert aligned.text in passage[aligned.first : aligned.last]


def test_thirty_corrections_have_nearly_all_their_words() -> None:
    assert sum(case["span"] is not None for case in CASES) >= 30


@pytest.mark.parametrize(
    ("correction", "reason"),
    [
        ("It costs 35 soles", "“35” stands in none of the passages shown"),
        ("Yes", "a bare yes or no stands in no text"),
        ("A membership of a year", "it says nothing that the question does not say"),
        ("Maria Flores", "“Maria”, “Flores” stand in none of the passages shown"),
        ("It is not 12 soles", "no single sentence of the passages shown says it"),
    ],
)
def test_why_it_does_not(correction: str, reason: str) -> None:
    passage = "A membership costs 30 soles a year; students and pensioners pay 12 soles."
    question = "How much does a membership cost a year?"
    assert align(correction, question, [passage]) is None
    assert why_not_aligned(correction, question, [passage]) == reason


@pytest.mark.parametrize(
    ("passage", "text"),
    [
        ("Each member may have up to five tools at a time.", None),
        ("For two soles each member may have five tools.", "soles each member may have five"),  # soles are spoken of
        ("A card costs five.", "five"),
        ("A card costs 5 S/.", "5"),
    ],
)
def test_a_small_figure_that_counts_something_else_is_not_the_same(passage: str, text: str | None) -> None:
    aligned = align("It costs five soles", "How much does a card cost?", [passage])
    assert (aligned and aligned.text) == text
