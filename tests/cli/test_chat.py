"""The whole way of a question on the command line."""

import contextlib
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Ayllu

pytestmark = pytest.mark.usefixtures("scripted_settings")
FIELDS = {
    *("question", "answer", "short", "kind", "abstained", "evidence", "citations", "passages", "requested_backend"),
    *("backend", "model", "adapter", "message_id", "session_id", "warnings", "timings", "unsupported", "withdrawn"),
    *("second_reading", "asks_back", "documents_read", "memory", "recollections"),
}


def test_an_empty_library_answers_from_the_sample_and_says_so(ayllu: Ayllu) -> None:
    result = ayllu("ask", "When is the library open on Sundays?", "--json")
    assert result.code == 0
    assert result.json.keys() == FIELDS
    assert "14:00" in result.json["answer"]
    assert result.json["citations"][0]["source"].endswith("opening-hours.md")
    assert any("sample" in warning for warning in result.json["warnings"])
    assert "sample" in result.err
    named = ayllu("ask", "When is the library open?", "--collection", "documents", "--json")
    assert (named.code, named.json["kind"]) == (1, "not_found")


def test_the_line_chat_with_an_empty_stdin_shows_the_whole_way(ayllu: Ayllu) -> None:
    result = ayllu()
    assert result.code == 0
    assert "> When is the library open on Sundays?" in result.out
    assert result.out.index("Evidence") < result.out.index("[1] opening-hours.md")
    assert "ayllu feedback add m" in result.out
    assert "sample" in result.err


def test_documents_are_read_asked_rated_and_removed(ayllu: Ayllu, handbook: Path) -> None:
    report = ayllu("ingest", handbook, "--json").json
    assert (report["documents"], report["unchanged"], report["failed"]) == (2, 0, [])
    assert ayllu("ingest", handbook, "--json").json["unchanged"] == 2

    answer = ayllu("ask", "When", "does", "the", "ferry", "leave?", "--json").json
    assert "7:45" in answer["answer"]
    assert answer["warnings"] == []
    assert answer["citations"][0]["source"] == str((handbook / "ferry.md").resolve())
    assert ayllu("feedback", "add", answer["message_id"], "--rating", "up", "--json").json["event_id"]

    results = ayllu("search", "barley bread", "-k", "1", "--explain", "--json").json["results"]
    assert results[0]["source"].endswith("bread.txt")
    assert results[0]["explain"]["keyword"]["rank"] == 1
    text = ayllu("sources", "show", "bread.txt", "--json").json["text"]
    assert text[results[0]["start"] : results[0]["end"]] == results[0]["text"]

    assert ayllu("sources", "verify", "--json").json.get("problems") == []
    assert ayllu("sources", "remove", "ferry.md", "--json").json["removed"] == 1
    assert [source["source"] for source in ayllu("sources", "list", "--json").json["sources"]] == [
        str(handbook / "bread.txt")
    ]


def test_each_line_of_stdin_is_a_question_of_one_conversation(ayllu: Ayllu, handbook: Path) -> None:
    result = ayllu("chat", handbook, "--json", stdin="When does the ferry leave?\n\nWhat does a loaf cost?\n")
    assert result.code == 0
    first, second = result.json["answers"]
    assert "7:45" in first["answer"]
    assert "4 soles" in second["answer"]
    assert first["session_id"] == second["session_id"]
    again = ayllu("ask", "-", "--session", first["session_id"], "--json", stdin="On which days is bread sold?\n").json
    assert again["session_id"] == first["session_id"]


def test_another_collection_is_named_when_the_usual_one_is_empty(ayllu: Ayllu, handbook: Path) -> None:
    assert ayllu("ingest", handbook, "--collection", "island").code == 0
    result = ayllu("ask", "When does the ferry leave?", "--json")
    assert (result.code, result.json["kind"]) == (1, "not_found")
    assert "--collection island" in result.json["hint"]
    assert "7:45" in ayllu("ask", "When does the ferry leave?", "--collection", "island", "--json").json["answer"]


def test_a_bad_file_is_one_line_and_nothing_readable_exits_1(ayllu: Ayllu, handbook: Path) -> None:
    (handbook / "broken.pdf").write_bytes(b"%PDF-1.7 torn")
    result = ayllu("ingest", handbook)
    assert result.code == 0
    assert result.out.count("not read:") == 1
    assert "broken.pdf" in result.out
    alone = ayllu("ingest", handbook / "broken.pdf", handbook / "missing", "--json")
    assert (alone.code, alone.json["kind"], alone.json["documents"]) == (1, "nothing_readable", 0)
    assert len(alone.json["failed"]) == 2


def _documents(file: Path) -> int:
    """How many documents a library holds that is being written; none where there is none yet."""
    if not file.exists():
        return 0
    with contextlib.closing(sqlite3.connect(file)) as connection:
        try:
            return int(connection.execute("SELECT count(*) FROM sources").fetchone()[0])
        except sqlite3.OperationalError:  # its tables are being made
            return 0


@pytest.mark.slow
def test_ctrl_c_ends_an_ingest_after_the_document_at_hand_and_keeps_it(
    ayllu: Ayllu, start: Callable[..., subprocess.Popen[str]], tmp_path: Path, home: Path
) -> None:
    many = tmp_path / "many"
    many.mkdir()
    for number in range(600):  # each in words of its own: among texts nearly alike Chroma's graph loses some
        words = " ".join(f"llama{number * place % 997}" for place in range(1, 300))
        (many / f"{number:03}.txt").write_text(f"Note {number}. {words}.", "utf-8")
    with start("ingest", many, "--json") as process:
        deadline = time.monotonic() + 60
        while not _documents(home / "library" / "library.sqlite"):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert '"kind": "interrupted"' in out
    assert out.count("\n") == 1
    kept = ayllu("sources", "list", "--json").json["sources"]
    assert 0 < len(kept) < 600
    assert ayllu("sources", "verify", "--json").json.get("problems") == []


def test_the_last_answer_of_the_line_chat_is_judged_there(ayllu: Ayllu, handbook: Path) -> None:
    lines = ["/good", "When does the ferry leave?", "/good", "/bad", "/bad", "/correct", "/correct at 7:45 sharp", "/new"]
    result = ayllu("chat", handbook, "--json", stdin="\n".join([*lines, "When does the ferry leave?", ""]))
    early, first, empty, second = result.json["answers"]
    assert (early["error"], empty["error"]) == ("There is no answer yet to judge.", "The correction is empty.")
    assert "Ask something first" in early["hint"]
    assert second["memory"]["message_id"] == first["message_id"]
    assert "Used for: " in result.err
    assert "Taken back: the answer is not rated." in result.err
    assert "Asked again, the question is answered so." in result.err
    rows = ayllu("feedback", "list", "--json").json["events"]
    assert [row["payload"].get("correction") for row in rows if row["standing"]] == ["at 7:45 sharp"]
    assert ayllu("chat", stdin="/correct anything\n").code == 1
