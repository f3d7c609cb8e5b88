"""The chat line by line probes its model while nobody writes, and reads every line all the same."""

import contextlib
import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from ayllu import paths
from ayllu.app import Application, IdleProbing
from ayllu.backends.scripted import ScriptedBackend
from ayllu.cli import main
from ayllu.cli.waiting_lines import waiting_lines


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    reading, writing = os.pipe()
    yield reading, writing
    for end in (reading, writing):
        with contextlib.suppress(OSError):  # the test has closed it
            os.close(end)


def test_every_line_comes_once_and_only_then_is_the_next_waited_for(pipe: tuple[int, int]) -> None:
    reading, writing = pipe
    waits = 0

    def wait() -> None:
        nonlocal waits
        waits += 1
        if waits == 2:
            os.write(writing, b"ird\n" + b"x" * 25)
        elif waits == 3:
            os.close(writing)

    os.write(writing, b"first\n\nth")
    assert list(waiting_lines(reading, 10, wait)) == [b"first\n", b"\n", b"third\n", b"x" * 10, b"x" * 10, b"x" * 5]
    assert waits == 4  # the last one for the end


@pytest.mark.usefixtures("scripted_settings")
def test_an_idle_line_chat_probes_its_model_and_goes_on_at_the_next_line(
    capsys: pytest.CaptureFixture[str], handbook: Path, pipe: tuple[int, int], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AYLLU_AGENTS__PROBE", "auto")
    replies = ["The ferry leaves at 7:45.", *["NOT IN THE DOCUMENTS"] * 121]
    backend = ScriptedBackend(replies=replies)
    monkeypatch.setattr(Application, "open_backend", lambda self, name: backend)
    monkeypatch.setattr("ayllu.cli.chat.idling.IdleProbing", partial(IdleProbing, idle_s=0.0, look_s=0.002))
    monkeypatch.setattr("ayllu.backends.answers_here", lambda settings: True)
    reading, writing = pipe
    profiles = Application(paths.find(home)).models.profiles

    def write() -> None:
        os.write(writing, b"When does the ferry leave?\n")
        deadline = time.monotonic() + 60
        while profiles.find("scripted-scripted-model") is None and time.monotonic() < deadline:
            time.sleep(0.01)
        os.write(writing, b"What does a loaf cost?\n")
        os.close(writing)

    writer = threading.Thread(target=write)
    writer.start()
    with os.fdopen(reading, encoding="utf-8") as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        code = main(["chat", str(handbook), "--json"])
    writer.join()
    seen = capsys.readouterr()
    first, second = json.loads(seen.out)["answers"]
    assert (code, first["kind"]) == (0, "draft")
    assert second["message_id"] != first["message_id"]
    profile = profiles.find("scripted-scripted-model")
    assert profile is not None
    assert (profile.origin, profile.believed) == ("probe", False)
