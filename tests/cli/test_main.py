import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from ayllu import __version__

from .conftest import Ayllu

Start = Callable[..., subprocess.Popen[str]]


def test_the_version_is_told_in_words_and_in_json(ayllu: Ayllu) -> None:
    assert ayllu("--version").out == f"ayllu {__version__}\n"
    assert ayllu("--version", "--json").json == {"version": __version__}


def test_help_names_every_command_and_loads_nothing_heavy() -> None:
    code = (
        "import sys, ayllu.cli as c; c.main(['--help']); "
        "heavy = 'pydantic chromadb autogen_core onnxruntime textual httpx rich asyncio'.split(); "
        "print([name for name in heavy if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    for name in "chat ask ingest search sources feedback eval models backends config doctor setup".split():
        assert f"\n  {name} " in result.stdout
    assert result.stdout.endswith("[]\n")


@pytest.mark.parametrize("words", [("config", "path", "--json"), ("--json", "config", "path"), ("config", "--json", "path")])
def test_global_flags_are_taken_anywhere(ayllu: Ayllu, home: Path, words: tuple[str, ...]) -> None:
    assert ayllu(*words).json["home"] == str(home)


def test_home_can_be_named_after_the_command(ayllu: Ayllu, tmp_path: Path) -> None:
    assert ayllu("config", "path", "--json", "--home", tmp_path / "other").json["home"] == str(tmp_path / "other")
    assert ayllu("config", "path", "--json", f"--home={tmp_path / 'x'}").json["config"] == str(
        tmp_path / "x" / "config.toml"
    )


@pytest.mark.parametrize(
    "words",
    [
        ("ask", "why?", "--nope"),
        ("nothing",),
        ("sources",),
        ("feedback", "add"),
        ("search", "x", "-k", "0"),
        ("search", "x", "--mode", "magic"),
        ("ask",),
        ("ask", "  "),
        ("ask", "x" * 8_001),
        ("setup", "nonsense"),
        ("config", "path", "--home"),
        ("ingest",),
    ],
)
def test_wrong_usage_exits_2_with_one_json_object(ayllu: Ayllu, words: tuple[str, ...]) -> None:
    result = ayllu(*words, "--json") if words[-1] != "--home" else ayllu("--json", *words)
    assert result.code == 2
    assert result.json.keys() == {"error", "hint", "kind"}
    assert result.json["kind"] == "usage"
    assert all(result.json.values())


def test_wrong_usage_is_told_on_stderr_with_a_next_step(ayllu: Ayllu) -> None:
    result = ayllu("serch", "x")
    assert (result.code, result.out) == (2, "")
    assert "Did you mean 'search'?" in result.err
    assert "`ayllu --help`" in result.err


def test_a_folder_in_place_of_a_command_is_told_how_to_be_read(ayllu: Ayllu, handbook: Path) -> None:
    assert f"`ayllu chat {handbook}`" in ayllu(handbook).err


def test_a_wrong_setting_exits_1_and_names_file_and_nearest_key(ayllu: Ayllu, home: Path) -> None:
    home.mkdir()
    (home / "config.toml").write_text('bakend = "x"\n', "utf-8")
    result = ayllu("config", "show", "--json")
    assert (result.code, result.json["kind"]) == (1, "config")
    assert str(home / "config.toml") in result.json["error"]
    assert "`backend`" in result.json["hint"]


def test_an_unforeseen_error_is_one_sentence_and_its_traceback_is_in_a_private_log(
    ayllu: Ayllu, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(store: object) -> None:
        raise ZeroDivisionError("nobody foresaw this")

    monkeypatch.setattr("ayllu.models.ModelStore.list", fail)
    command = ("models", "list")
    result = ayllu(*command, "--json")
    assert (result.code, result.json["kind"]) == (1, "unexpected")
    log = home / "logs" / "ayllu.log"
    assert str(log) in result.json["hint"]
    assert "Traceback" in log.read_text("utf-8")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert "Traceback" not in result.err
    assert "Traceback" in ayllu(*command, "--debug").err


def test_an_error_that_was_foreseen_leaves_no_traceback(ayllu: Ayllu, home: Path) -> None:
    assert ayllu("feedback", "add", "m1", "--rating", "up").code == 1
    assert "Traceback" not in (home / "logs" / "ayllu.log").read_text("utf-8")


def test_a_home_that_cannot_be_written_to_costs_only_the_log(ayllu: Ayllu, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    result = ayllu("models", "pull", "nonsense", "--json", "--home", tmp_path / "file" / "home")
    assert (result.code, result.json["kind"]) == (1, "not_found")


def test_a_reader_that_leaves_is_no_error(start: Start) -> None:
    process = start("models", "list", env={"PYTHONUNBUFFERED": "1"})
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == ""
    process.wait(30)
    process.stderr.close()


def test_ctrl_c_exits_130_with_one_json_object(start: Start) -> None:
    reader, writer = os.pipe()
    with start("ask", "-", "--json", stdin=reader) as process:
        os.write(writer, b"When")
        assert process.stderr is not None
        _until_read(reader)
        os.close(reader)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        os.close(writer)
    assert process.returncode == 130
    assert '"kind": "interrupted"' in out
    assert out.count("\n") == 1
    assert "Traceback" not in err


def _until_read(pipe: int) -> None:
    """Wait until the process has read all that was written, and waits for the rest."""
    import array
    import fcntl
    import termios
    import time

    left, give_up = array.array("i", [1]), time.monotonic() + 60
    while left[0]:
        assert time.monotonic() < give_up, "the process never read its stdin"
        time.sleep(0.01)
        fcntl.ioctl(pipe, termios.FIONREAD, left)


def test_python_m_ayllu_is_the_same_program(start: Start) -> None:
    with start("--version") as process:
        assert process.communicate(timeout=30)[0] == f"ayllu {__version__}\n"
    assert process.returncode == 0


@pytest.mark.usefixtures("scripted_settings")
def test_removing_all_leaves_a_whole_library(ayllu: Ayllu, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("Copper melts at 1085 degrees Celsius.\n", "utf-8")
    assert ayllu("ingest", page, "--json").json["documents"] == 1
    assert ayllu("sources", "remove", "--all", "--json").json["removed"] == 1
    assert ayllu("sources", "verify", "--json").json["problems"] == []
