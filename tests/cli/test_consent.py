"""On a terminal no host but this machine is asked before the person has said yes; elsewhere the command is the yes."""

import io
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import loopback_only
import pytest
from ayllu.cli import main
from ayllu.models.downloads import DownloadFailed
from ayllu.models.manifest import ModelEntry
from rich.live import _RefreshThread

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


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The models that somebody began to fetch, in order; every download fails, and no host is asked."""
    names: list[str] = []

    def fetch(download: object, entry: ModelEntry, *rest: object) -> Mapping[str, str]:
        names.append(entry.name)
        raise DownloadFailed("there is no network")

    monkeypatch.setattr("ayllu.models.store.fetch", fetch)
    return names


def test_a_yes_is_what_begins_the_download(at_terminal: Typed, fetched: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    fetched_before_the_reply = []
    readline = Terminal.readline

    def reply(terminal: Terminal) -> str:
        fetched_before_the_reply.append(list(fetched))
        return readline(terminal)

    monkeypatch.setattr(Terminal, "readline", reply)
    assert at_terminal("search", "opening", replies="\n").code == 1  # Enter is a yes
    assert fetched_before_the_reply == [[]]
    assert set(fetched) == {"all-minilm-l6-v2"}


def test_no_bar_is_drawn_into_what_follows_a_first_download(
    at_terminal: Typed, fetched: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch(download: object, entry: ModelEntry, staging: Path, progress: Callable[..., None]) -> Mapping[str, str]:
        fetched.append(entry.name)
        progress(entry.name, 1, 2)
        raise DownloadFailed("there is no network")

    monkeypatch.setattr("ayllu.models.store.fetch", fetch)
    at_terminal("models", "use", "qwen2.5-0.5b-instruct", replies="")
    assert fetched == ["qwen2.5-0.5b-instruct"]
    threads = [thread for thread in threading.enumerate() if isinstance(thread, _RefreshThread)]
    assert all(thread.done.is_set() for thread in threads)  # stopped: they draw no more


def test_without_a_terminal_the_command_is_the_yes(ayllu: Ayllu, fetched: list[str]) -> None:
    shown = ayllu("search", "opening")
    assert shown.code == 1
    assert "Pulling all-MiniLM-L6-v2" in shown.err
    assert "[Y/n]" not in shown.err
    assert set(fetched) == {"all-minilm-l6-v2"}


def test_ctrl_d_at_the_question_of_a_check_ends_it_at_once(at_terminal: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    asking_threads = []
    readline = Terminal.readline

    def reply(terminal: Terminal) -> str:
        asking_threads.append(threading.current_thread())
        return readline(terminal)

    monkeypatch.setattr(Terminal, "readline", reply)
    assert at_terminal("backends", "check", replies="").code == 130
    assert asking_threads == [threading.main_thread()]
    assert loopback_only.attempts == []
