"""Streams that are closed, full, or hold something else than text."""

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from ayllu.cli import main

from .conftest import Ayllu

FULL = Path("/dev/full")  # takes nothing: "No space left on device"
needs_full = pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")


@pytest.fixture
def into_full(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    """One command line whose stdout takes nothing; the code and what it says on stderr."""

    def run(*words: str) -> tuple[int, str]:
        errors = io.StringIO()
        with FULL.open("w") as full:
            monkeypatch.setattr(sys, "stdout", full)
            monkeypatch.setattr(sys, "stderr", errors)
            code = main(words)
            full.write = full.flush = lambda *_: 0  # what is left in it goes nowhere
        return code, errors.getvalue()

    return run


@needs_full
@pytest.mark.parametrize(
    "line", ["models list", "models list --json", "feedback stats", "--version", "--help", "sources -h"]
)
def test_output_that_cannot_be_written_is_named(into_full: Callable[..., tuple[int, str]], line: str, home: Path) -> None:
    code, errors = into_full(*line.split())
    assert code == 1
    assert "No space left on device" in errors
    assert "inside ayllu" not in errors
    assert "Traceback" not in errors


@needs_full
def test_notes_that_cannot_be_written_cost_nothing(ayllu: Ayllu, monkeypatch: pytest.MonkeyPatch) -> None:
    with FULL.open("w", buffering=1) as full:
        monkeypatch.setattr(sys, "stderr", full)
        assert main(["feedback", "add", "m1", "--rating", "up", "--json"]) == 1
        full.write = full.flush = lambda *_: 0


CLOSED = {"stdout": ">&-", "stderr": "2>&-", "both": ">&- 2>&-", "all": "<&- >&- 2>&-"}


@pytest.mark.parametrize("closed", CLOSED)
def test_closed_streams_lead_nowhere_and_never_into_a_database(tmp_path: Path, closed: str, home: Path) -> None:
    """What is printed must not reach the file that is opened first, whose number would be that of the closed stream."""
    code = (
        "import os, sys; from ayllu.cli.standard_streams import open_closed_streams; open_closed_streams(); "
        f"file = open({str(tmp_path / 'data')!r}, 'w'); os.write(1, b'spoilt'); os.write(2, b'spoilt'); "
        "print('spoilt'); print('spoilt', file=sys.stderr); sys.exit(file.fileno() < 3)"
    )
    command = f"'{sys.executable}' -c \"{code}\" {CLOSED[closed]}"
    assert subprocess.run(["sh", "-c", command], capture_output=True, check=False, cwd=tmp_path).returncode == 0
    assert (tmp_path / "data").read_bytes() == b""


def test_a_command_with_closed_streams_does_its_work(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)  # as Python has them where a shell closed them
    assert main(["config", "init"]) == 0
    assert (home / "config.toml").exists()


LATIN_1 = "Wann öffnet das Café?".encode("latin-1")


def test_a_question_that_is_no_text_is_refused_by_name(ayllu: Ayllu) -> None:
    shown = ayllu("ask", "-", "--json", stdin=LATIN_1.decode("utf-8", "surrogateescape"))
    assert (shown.code, shown.json["kind"]) == (2, "usage")
    assert "not UTF-8" in shown.json["error"]


@pytest.mark.usefixtures("scripted_settings")
def test_a_line_that_is_no_text_costs_that_line_alone(ayllu: Ayllu, handbook: Path) -> None:
    ayllu("ingest", handbook)
    lines = [LATIN_1.decode("utf-8", "surrogateescape"), "When does the ferry leave?", ""]
    shown = ayllu("chat", "--json", stdin="\n".join(lines))
    failed, answered = shown.json["answers"]
    assert (shown.code, failed["kind"]) == (1, "usage")
    assert "7:45" in answered["answer"]


def test_a_language_without_utf_8_is_read_as_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    from ayllu.cli.standard_input import read_stdin

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(LATIN_1), "latin-1"))
    assert read_stdin("question") == LATIN_1.decode("latin-1")


def test_a_byte_order_mark_is_no_part_of_a_question(monkeypatch: pytest.MonkeyPatch) -> None:
    from ayllu.cli.standard_input import read_stdin

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xef\xbb\xbfWhy?\r\n"), "utf-8"))
    assert read_stdin("question") == "Why?"


@pytest.mark.parametrize("stream", [io.BytesIO, lambda content: io.StringIO(content.decode())])
def test_a_line_without_end_is_not_held_in_memory_and_the_next_one_is_read(
    monkeypatch: pytest.MonkeyPatch, stream: Callable[[bytes], io.IOBase]
) -> None:
    from ayllu.cli import standard_input

    monkeypatch.setattr(standard_input, "_LONGEST", 16)
    monkeypatch.setattr(sys, "stdin", stream(b"Why?\n" + b"a" * 16 + b"\n" + b"b" * 40 + b"\nAnd then?\n"))
    first, *others = standard_input.stdin_lines("question")
    assert (first, others[-1]) == ("Why?", "And then?")
    assert [isinstance(line, standard_input.TooLong) for line in others] == [True, True, False]
    for content in (b"a" * 17, b"a\n" * 9):
        monkeypatch.setattr(sys, "stdin", stream(content))
        with pytest.raises(standard_input.TooLong, match="longer than"):
            standard_input.read_stdin("question")


@pytest.mark.parametrize(
    "line", ["ask \udce9", "search caf\udce9", "feedback add m1 --correction=\udce9", "sources show \udce9"]
)
def test_an_argument_that_is_no_text_is_wrong_usage(ayllu: Ayllu, line: str) -> None:
    shown = ayllu(*line.split(), "--json")
    assert (shown.code, shown.json["kind"]) == (2, "usage")
    assert "not UTF-8" in shown.json["error"]


@pytest.mark.usefixtures("scripted_settings")
def test_a_file_whose_name_is_no_text_is_no_wrong_usage(ayllu: Ayllu, tmp_path: Path) -> None:
    folder = tmp_path / "caf\udce9"
    folder.mkdir()
    (folder / "page.md").write_text("Copper melts at 1085 degrees Celsius.\n", "utf-8")
    shown = ayllu("ingest", os.fspath(folder), "--json")
    assert shown.json.get("kind") != "usage"
    assert "inside ayllu" not in shown.json.get("error", "")
