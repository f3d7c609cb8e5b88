"""`ayllu ingest` as a person uses it: who waits is told for whom, and a failure is one with all that failed."""

import contextlib
import threading
from pathlib import Path
from typing import Any

import pytest
from ayllu.retrieval import EmbedderFailed, HashingEmbedder, IngestOptions, IngestReport, Library, Turn

from .conftest import Ayllu

pytestmark = pytest.mark.usefixtures("scripted_settings")


@pytest.fixture(autouse=True)
def plain_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """It opens at once."""
    monkeypatch.setenv("AYLLU_STORE", "plain")


def test_an_ingest_beside_another_waits_as_long_as_it_shall_and_ctrl_c_leaves(
    ayllu: Ayllu, home: Path, handbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        Library.open(home / "library", HashingEmbedder(), store="plain") as library,
        library.writing(Turn("ingest of /archive")),
    ):
        busy = ayllu("ingest", handbook, "--wait", "0", "--json")
        assert (busy.code, busy.json["kind"]) == (1, "library_busy")
        assert busy.json["error"].startswith("Another ayllu (ingest of /archive, process")
        for words in (["sources", "remove", "--all"], ["sources", "repair"]):
            assert ayllu(*words, "--wait", "0", "--json").json["kind"] == "library_busy"
        pressed = threading.Event()
        pressed.set()
        monkeypatch.setattr("ayllu.cli.ingest.stop_flag", lambda: contextlib.nullcontext(pressed))
        left = ayllu("ingest", handbook, "--json")
        assert (left.code, left.json["kind"], left.json["documents"]) == (130, "interrupted", 0)
    assert ayllu("sources", "list", "--json").json == {"sources": []}


def test_an_embedder_that_is_away_is_the_error_and_every_document_is_named(
    ayllu: Ayllu, handbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*words: object) -> None:
        raise EmbedderFailed("The server went away.", hint="Start it again.")

    monkeypatch.setattr("ayllu.retrieval.embedders.endpoint.EndpointEmbedder.embed_documents", fail)
    result = ayllu("ingest", handbook, "--json")
    assert (result.code, result.json["kind"], result.json["hint"]) == (1, "embedder_failed", "Start it again.")
    assert (result.json["documents"], len(result.json["failed"])) == (0, 2)


def test_what_stood_in_the_way_of_some_is_said_beside_what_was_done(
    ayllu: Ayllu, handbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    obstacle = EmbedderFailed("The server went away.", hint="Start it again.")
    report = IngestReport(documents=1, failed=[{"source": "b.txt", "error": "no"}], obstacle=obstacle)
    monkeypatch.setattr(Library, "ingest", lambda *words, **more: report)
    result = ayllu("ingest", handbook)
    assert result.code == 0
    assert "not read: b.txt: no" in result.out
    assert "The server went away. Start it again." in result.err


def test_options_and_settings_reach_the_reading(ayllu: Ayllu, handbook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[IngestOptions] = []

    def note(*words: Any, options: IngestOptions, **more: Any) -> IngestReport:
        given.append(options)
        return IngestReport(documents=1)

    monkeypatch.setattr(Library, "ingest", note)
    monkeypatch.setenv("AYLLU_RETRIEVAL__CHUNK_TOKENS", "77")
    ayllu("ingest", handbook)
    ayllu("ingest", handbook, "--force")
    ayllu("ingest", handbook, "--follow-links")
    assert [(options.chunk_tokens, options.force, options.follow_links) for options in given] == [
        (77, False, False),
        (77, True, False),
        (77, False, True),
    ]


def test_hundreds_that_cannot_be_read_are_told_by_reasons(ayllu: Ayllu, handbook: Path) -> None:
    for number in range(120):
        (handbook / f"photo-{number:03}.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(number))
    (handbook / "empty.txt").write_bytes(b"")
    result = ayllu("ingest", handbook)
    assert result.code == 0
    unread = [line for line in result.out.splitlines() if "not read" in line]
    assert unread[0].startswith("  not read: 120 documents: ")
    assert unread[0].endswith("(photo-000.png, photo-001.png, photo-002.png and 117 more)")
    assert "1 document: it is empty (empty.txt)" in unread[1]
    assert len(ayllu("ingest", handbook, "--json").json["failed"]) == 121


def test_what_was_left_out_of_a_document_is_told_and_in_the_json(
    ayllu: Ayllu, handbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = IngestReport(documents=1, notes=[{"source": "a.pdf", "note": "2 pages are pictures"}])
    monkeypatch.setattr(Library, "ingest", lambda *words, **more: report)
    assert "read in part: a.pdf: 2 pages are pictures" in ayllu("ingest", handbook).out
    assert ayllu("ingest", handbook, "--json").json["notes"] == [{"source": "a.pdf", "note": "2 pages are pictures"}]


def test_an_ingest_that_was_stopped_says_so_once(ayllu: Ayllu, handbook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = IngestReport(documents=1, interrupted=True)
    monkeypatch.setattr(Library, "ingest", lambda *words, **more: report)
    result = ayllu("ingest", handbook)
    assert (result.code, result.err.count("Error:"), "Interrupted." in result.err) == (130, 1, False)
    assert "Run it again to go on where it stopped." in result.err
    assert ayllu("ingest", handbook, "--json").json["kind"] == "interrupted"


def test_a_document_that_was_there_under_another_name_is_said_to_cost_nothing(
    ayllu: Ayllu, handbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = IngestReport(documents=2, unchanged=1, moved=1)
    monkeypatch.setattr(Library, "ingest", lambda *words, **more: report)
    assert (
        "1 new, 0 changed, 1 unchanged (1 moved or equal to others, and not embedded again);"
        in ayllu("ingest", handbook).out
    )
