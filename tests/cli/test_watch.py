"""`ayllu ingest --watch` as a person uses it: a file is saved, and the library has it."""

import contextlib
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Ayllu

TOO_LONG_S = 60.0


def test_a_saved_file_is_in_the_library_and_ctrl_c_ends_the_watch(
    ayllu: Ayllu, start: Callable[..., subprocess.Popen[str]], home: Path, handbook: Path
) -> None:
    home.mkdir(exist_ok=True)
    (home / "config.toml").write_text('[models]\nembedder = "hashing"\n')
    with start("ingest", handbook, "--watch") as process:
        timer = threading.Timer(TOO_LONG_S, process.kill)
        timer.start()
        while len(ayllu("sources", "list", "--json").json["sources"]) < 2:
            assert process.poll() is None
        (handbook / "ferry.md").write_text("# The ferry\n\nThe ferry to Amantani leaves at 8:15 from pier 2.\n", "utf-8")
        assert process.stdout is not None
        assert process.stdout.readline().startswith("2 documents: 2 new, 0 changed, 0 unchanged; ")
        assert process.stdout.readline().startswith("2 documents: 0 new, 1 changed, 1 unchanged; 1 passage in ")
        process.send_signal(signal.SIGINT)
        assert process.wait() == 0
        assert process.stdout.read() == ""
        timer.cancel()
    assert "8:15" in ayllu("search", "ferry", "--json").json["results"][0]["text"]


@pytest.mark.usefixtures("scripted_settings")
def test_ctrl_c_before_anything_is_read_is_an_interrupt(
    ayllu: Ayllu, handbook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pressed = threading.Event()
    pressed.set()
    monkeypatch.setattr("ayllu.cli.ingest.stop_flag", lambda: contextlib.nullcontext(pressed))
    shown = ayllu("ingest", handbook, "--watch", "--json")
    assert (shown.code, shown.json["kind"]) == (130, "interrupted")
