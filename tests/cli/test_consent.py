"""On a terminal no host but this machine is asked before the person has said yes; elsewhere the command is the yes."""

import io
import sys
from collections.abc import Callable
from pathlib import Path

import loopback_only
import pytest
from ayllu.cli import main

from .conftest import Ayllu, Result


class Terminal(io.StringIO):
    """A stream with a person behind it."""

    def isatty(self) -> bool:
        return True


Typed = Callable[..., Result]


@pytest.fixture
def at_terminal(monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Run one command line on a terminal, where the person types `replies`."""

    def run(*words: object, replies: str) -> Result:
        streams = {"stdin": Terminal(replies), "stdout": Terminal(), "stderr": Terminal()}
        for name, stream in streams.items():
            monkeypatch.setattr(sys, name, stream)
        code = main([str(word) for word in words])
        return Result(code, streams["stdout"].getvalue(), streams["stderr"].getvalue())

    return run


@pytest.mark.parametrize(
    "line", ["", "chat", "chat HANDBOOK", "ask When is it open?", "search opening", "ingest HANDBOOK", "improve"]
)
def test_nothing_is_fetched_before_a_yes(at_terminal: Typed, handbook: Path, tmp_path: Path, line: str) -> None:
    shown = at_terminal(*line.replace("HANDBOOK", str(handbook)).split(), replies="n\nn\n")
    assert shown.code == 1
    assert "all-MiniLM-L6-v2" in shown.err
    assert "MB" in shown.err
    assert "Hugging Face hub" in shown.err
    assert "Nothing was downloaded" in shown.err
    assert "`ayllu models pull" in " ".join(shown.err.split())
    assert "Traceback" not in shown.err
    assert loopback_only.attempts == []
    assert not (tmp_path / "models").exists()


def test_a_yes_is_what_opens_the_first_connection(at_terminal: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    answered_at = []
    readline = Terminal.readline

    def answer(terminal: Terminal) -> str:
        answered_at.append(list(loopback_only.attempts))
        return readline(terminal)

    monkeypatch.setattr(Terminal, "readline", answer)
    assert at_terminal("search", "opening", replies="\n").code == 1  # Enter is a yes; the hub cannot be reached here
    assert answered_at == [[]]
    assert "huggingface.co" in loopback_only.attempts
    loopback_only.attempts.clear()


def test_without_a_terminal_the_command_is_the_yes(ayllu: Ayllu) -> None:
    shown = ayllu("search", "opening")
    assert shown.code == 1
    assert "Pulling all-MiniLM-L6-v2" in shown.err
    assert "[Y/n]" not in shown.err
    assert "huggingface.co" in loopback_only.attempts
    loopback_only.attempts.clear()
