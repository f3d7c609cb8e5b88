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


def test_a_question_in_the_text_answers_nothing_but_leads_to_what_follows_it(library: Library, tmp_path: Path) -> None:
    page = "Where do the racks go?\nTo the basement.\n\nThe lift holds four. Who has the key? The warden.\n"
    (tmp_path / "thread.txt").write_text(page, "utf-8")
    library.ingest([str(tmp_path / "thread.txt")], collection="c")
    sentences = library.retrieve("Where do the racks go?", collection="c").sentences
    assert {sentence.text for sentence in sentences if sentence.heading} == {"Where do the racks go?", "Who has the key?"}
    assert sentences[0].text == "To the basement."
    assert {sentence.text: sentence.lead for sentence in sentences if not sentence.heading} == {
        "To the basement.": "Where do the racks go?",
        "The lift holds four.": "",
        "The warden.": "Who has the key?",
    }


def test_a_line_above_a_plain_text_is_what_its_sentences_stand_under(library: Library, tmp_path: Path) -> None:
    (tmp_path / "hours.txt").write_text(
        "Hall of Lindau\n\nOpen at nine on Monday.\n\nExit status\n\nAll is well.\n", "utf-8"
    )
    library.ingest([str(tmp_path / "hours.txt")], collection="c")
    paths = {each.text: each.path for each in library.retrieve("When does it open?", collection="c").sentences}
    assert paths["Open at nine on Monday."] == "Hall of Lindau"
    assert paths["All is well."] == "Exit status"


@pytest.mark.model
def test_by_meaning_too_a_heading_does_not_stand_for_what_is_under_it(real_library: Library, tmp_path: Path) -> None:
    (tmp_path / "loans.md").write_text(PAGE, "utf-8")
    real_library.ingest([str(tmp_path / "loans.md")], collection="c")
    sentences = real_library.retrieve("How do I become a member?", collection="c").sentences
    assert [sentence.text for sentence in sentences[:2]] == [
        "To join, bring a card to the desk.",
        "Members may vote in March.",
    ]
