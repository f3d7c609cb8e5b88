"""TAB in a shell: the program is started to say what may follow, and does nothing else."""

import io
import sys
from pathlib import Path

import pytest

from .conftest import Ayllu

SHELLS = ("bash", "zsh", "fish", "powershell")


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, ayllu: Ayllu) -> Ayllu:
    """What a shell starts when TAB is pressed behind `line`."""

    def press_tab(line: str, shell: str = "bash") -> object:
        monkeypatch.setenv("_AYLLU_COMPLETE", f"complete_{shell}")
        monkeypatch.setenv("COMP_WORDS", line)
        monkeypatch.setenv("COMP_CWORD", str(len(line.split(" ")) - 1))
        monkeypatch.setenv("_TYPER_COMPLETE_ARGS", line)
        monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "get-args")
        monkeypatch.setenv("_TYPER_COMPLETE_WORD_TO_COMPLETE", line.split(" ")[-1])
        return ayllu()  # the words of the command line stand in the environment alone

    return press_tab


@pytest.mark.parametrize("shell", SHELLS)
def test_tab_lists_the_commands_and_starts_nothing(typed: Ayllu, shell: str, home: Path) -> None:
    shown = typed("ayllu ", shell)
    assert shown.code == 0
    assert all(command in shown.out for command in ("chat", "ask", "ingest", "feedback"))
    assert "Q" not in shown.err
    assert not home.exists()  # no log, no library, no model


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ayllu feedback a", "add"),
        ("ayllu chat --te", "--team"),
        ("ayllu --home ~nobody-of-this-name ask --te", "--team"),
        ("ayllu search x --mode h", "hybrid"),
    ],
)
def test_tab_ends_a_word(typed: Ayllu, line: str, expected: str) -> None:
    shown = typed(line)
    assert (shown.code, shown.out.split()) == (0, [expected])


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_can_source_its_script(ayllu: Ayllu, monkeypatch: pytest.MonkeyPatch, shell: str) -> None:
    monkeypatch.setenv("_AYLLU_COMPLETE", f"source_{shell}")
    assert "_AYLLU_COMPLETE" in ayllu().out


def test_stdin_is_the_shells_and_is_left_alone(typed: Ayllu, monkeypatch: pytest.MonkeyPatch) -> None:
    class Untouchable(io.StringIO):
        def read(self, *size: int | None) -> str:
            raise AssertionError("stdin was read")

        readline = __next__ = read

    shown = typed("ayllu chat ")
    monkeypatch.setattr(sys, "stdin", Untouchable())
    assert typed("ayllu chat ").out == shown.out
