"""How far an ingest is said to be."""

import pytest
from ayllu.retrieval.documents import estimate
from ayllu.retrieval.documents.estimate import Estimate
from ayllu.retrieval.documents.parsers import tesseract

TEXTS, TEXT_BYTES, PASSAGES = 40, 9_000, 10


def share_after_pictures(pictures: int, picture_bytes: int) -> float:
    progress = Estimate()
    for number in range(pictures):
        progress.expect(f"{number}.png", picture_bytes)
    for number in range(TEXTS):
        progress.expect(f"{number}.txt", TEXT_BYTES)
    for number in range(pictures):
        progress.note_read(f"{number}.png", picture_bytes, 0)
    return progress.share(0, None)


def test_pictures_that_nothing_reads_are_no_part_of_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tesseract, "_program", lambda: "")
    assert share_after_pictures(500, 1_000_000) == 0


def test_pictures_count_as_the_time_that_they_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tesseract, "_program", lambda: "tesseract")
    as_long = 10 * estimate._LONGEST_PICTURE
    assert share_after_pictures(10, 9_000_000) == pytest.approx(as_long / (as_long + TEXTS * PASSAGES))
    assert share_after_pictures(10, 200) < 0.01


def test_documents_without_passages_teach_that_there_are_few_more() -> None:
    progress = Estimate()
    for number in range(2 * TEXTS):
        progress.expect(f"{number}.log", 1_000_000)
    for number in range(TEXTS):
        progress.note_read(f"{number}.log", 1_000_000, 0)
    progress.expect("a.md", TEXT_BYTES)
    progress.note_read("a.md", TEXT_BYTES, PASSAGES)
    assert progress.share(PASSAGES, None) > 0.03  # by the first guess it would be 0.0002
