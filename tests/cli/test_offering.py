"""The offer of a better model in the chat line by line, where a person is there to be asked."""

import io
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from ayllu import paths
from ayllu.app import Application, ChatOptions, Machine
from ayllu.backends.scripted import ScriptedBackend
from ayllu.cli.chat import lines
from ayllu.cli.context import CommandContext
from ayllu.cli.global_flags import GlobalFlags
from ayllu.cli.output import Output
from ayllu.models import Speeds
from ayllu.models.downloads import DownloadFailed
from ayllu.models.manifest import ModelEntry
from ayllu.retrieval import Embedder

ROOMY = Machine(memory=64 * 10**9, disk=64 * 10**9)
QUESTION = "When is the library open on Sundays?"
Typed = Callable[[str], io.StringIO]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def typed(tmp_path: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Types lines into a chat on a fast machine with much room; returns what stands on stderr."""
    folder = tmp_path / "models"
    folder.mkdir()
    Speeds(folder / "speeds.json").remember_writing("smollm2-135m-instruct", 600, 10.0)
    monkeypatch.setenv("AYLLU_MODELS", str(folder))
    monkeypatch.setattr("ayllu.app.ladder.Machine.look", lambda folder: ROOMY)

    def chat(text: str) -> io.StringIO:
        shown = Terminal()
        monkeypatch.setattr(sys, "stdin", Terminal(text))
        command = CommandContext(GlobalFlags(home=tmp_path / "home"), Output(out=io.StringIO(), err=shown))
        backend = ScriptedBackend(style="span", likings={"10:00 to 14:00": -0.5})
        command.app = Application(paths.find(tmp_path / "home"), command.app.reporter, embedder=embedder, backend=backend)
        monkeypatch.setattr(command.app, "open_backend", lambda name: ScriptedBackend(model="the-new-model"))
        with command:
            assert lines.run(command, ChatOptions(offer=True)) in (0, 1)
        return shown

    return chat


def fetching(monkeypatch: pytest.MonkeyPatch, fetch: Callable[[ModelEntry, Path], Mapping[str, str]]) -> threading.Event:
    """Has models fetched by `fetch`; set once that has ended."""
    ended = threading.Event()

    def run(download: object, entry: ModelEntry, staging: Path, progress: Callable[..., None]) -> Mapping[str, str]:
        try:
            progress(f"{entry.name}: its file", 34, 100)
            return fetch(entry, staging)
        finally:
            ended.set()

    monkeypatch.setattr("ayllu.models.store.fetch", run)
    return ended


def test_s_stays_small_and_nobody_is_asked_again(typed: Typed) -> None:
    first = typed(f"{QUESTION}\ns\n").getvalue()
    assert first.count("A better model than the small one fits this machine") == 1
    assert "[Enter: pull it while you work; s: stay small]" in first
    assert "fits this machine" not in typed(f"{QUESTION}\n").getvalue()


def test_enter_pulls_it_and_the_question_is_answered_meanwhile(
    typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch(entry: ModelEntry, staging: Path) -> Mapping[str, str]:
        for name in entry.files:
            (staging / name).write_bytes(b"GGUF and its weights")
        return {}

    ended = fetching(monkeypatch, fetch)
    shown = typed(f"{QUESTION}\n\n")
    assert ended.wait(30)
    assert "pulling qwen3-4b-instruct: 34 %" in shown.getvalue()
    assert "fits this machine" not in typed(f"{QUESTION}\n").getvalue()
    assert "qwen3-4b-instruct" in (tmp_path / "home" / "better-model").read_text()


def test_a_pull_that_fails_leaves_the_small_model_at_work(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    def fetch(entry: ModelEntry, staging: Path) -> Mapping[str, str]:
        raise DownloadFailed("There is no route to the host.")

    ended = fetching(monkeypatch, fetch)
    shown = typed(f"{QUESTION}\n\n")
    assert ended.wait(30)
    assert "fits this machine" in shown.getvalue()
    assert "fits this machine" not in typed(f"{QUESTION}\n").getvalue()
