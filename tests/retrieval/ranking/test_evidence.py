"""Sentences that answer come before those that only name what is asked for."""

from pathlib import Path

import pytest
from ayllu.retrieval import Library

PAGE = "# Becoming a member\n\nTo join, bring a card to the desk.\n\nMembers\n\nMembers may vote in March.\n"


def test_a_heading_counts_little_and_is_called_one(library: Library, tmp_path: Path) -> None:
    (tmp_path / "loans.md").write_text(PAGE, "utf-8")
    library.ingest([str(tmp_path / "loans.md")], collection="c")
    sentences = library.retrieve("Becoming a member: when may members vote?", collection="c").sentences
    assert sentences[0].text == "Members may vote in March."
    assert {sentence.text for sentence in sentences if sentence.heading} == {"Becoming a member", "Members"}
    assert all(sentence.score == pytest.approx(0.2 * sentence.liking) for sentence in sentences if sentence.heading)
    assert all(PAGE[sentence.start : sentence.end] == sentence.text for sentence in sentences)


def test_nothing_found_is_no_evidence(library: Library) -> None:
    assert library.retrieve("Who?", collection="empty").sentences == []


def test_coverage_is_the_weighed_share_of_the_questions_words(library: Library, folder: Path) -> None:
    library.ingest([str(folder)], collection="c")
    text = "Copper melts at 1085 degrees Celsius."
    assert library.coverage("Copper melting degrees", text) == pytest.approx(1.0)
    assert library.coverage("Who paints zebras?", text) == 0
    half = library.coverage("Does copper rust?", text)
    assert 0 < half < 0.5  # a word that no chunk has weighs more
    assert library.coverage("?", text) == 0


@pytest.mark.model
def test_by_meaning_too_a_heading_does_not_stand_for_what_is_under_it(real_library: Library, tmp_path: Path) -> None:
    (tmp_path / "loans.md").write_text(PAGE, "utf-8")
    real_library.ingest([str(tmp_path / "loans.md")], collection="c")
    sentences = real_library.retrieve("How do I become a member?", collection="c").sentences
    assert [sentence.text for sentence in sentences[:2]] == [
        "To join, bring a card to the desk.",
        "Members may vote in March.",
    ]
