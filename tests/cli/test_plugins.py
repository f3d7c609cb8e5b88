"""A backend of a stranger's package: the example, installed for real, and one that is broken."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import Ayllu

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "ayllu-command"
# Stands for a model: it answers with the line of the passages that holds the hours.
QUOTES = r"""
import re, sys
prompt = sys.stdin.buffer.read().decode("utf-8")
passages = prompt[prompt.index("Passages:"):prompt.index("Question:")]
found = re.search(r"[^.\n]*10:00[^.\n]*", passages)
sys.stdout.buffer.write((found[0].strip() + " [1].").encode("utf-8"))
"""
Start = Callable[..., subprocess.Popen[str]]
Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the example is installed, from a copy, so that nothing is built inside the tree."""
    copy, site = tmp_path_factory.mktemp("copy") / EXAMPLE.name, tmp_path_factory.mktemp("site")
    shutil.copytree(EXAMPLE, copy, ignore=shutil.ignore_patterns("build", "*.egg-info", "__pycache__"))
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*pip, "--target", str(site), str(copy)], check=True, capture_output=True)
    return site


@pytest.fixture
def run(site: Path, start: Start, tmp_path: Path) -> Run:
    """`ayllu … --json` as a process of its own that sees the example; `program` is what its backend runs."""

    def go(*words: str, program: str) -> tuple[int, dict[str, Any]]:
        script = tmp_path / "program.py"
        script.write_text(program, "utf-8")
        command = f"'{sys.executable}' '{script}'"
        env = {"PYTHONPATH": os.pathsep.join([str(site), os.environ["PYTHONPATH"]])}
        env |= {"AYLLU_BACKENDS__COMMAND__OPTIONS__COMMAND": command}
        env |= {"AYLLU_BACKENDS__COMMAND__TIMEOUT_S": "60", "AYLLU_BACKENDS__COMMAND__MODEL": "quotes"}
        with start(*words, "--json", env=env) as process:
            out, err = process.communicate(timeout=300)
        assert out.count("\n") == 1, err
        return process.returncode, json.loads(out)

    return go


@pytest.mark.slow
def test_the_example_is_listed_and_checked(run: Run) -> None:
    for words in (("backends", "list"), ("backends", "check", "command")):
        code, result = run(*words, program=QUOTES)
        (row,) = [health for health in result["backends"] if health["name"] == "command"]
        assert (code, row["healthy"], row["model"], row["error"]) == (0, True, "quotes", None)


@pytest.mark.slow
@pytest.mark.usefixtures("scripted_settings")
def test_the_example_answers_a_question(run: Run) -> None:
    code, result = run("ask", "When is the library open on Sundays?", "--backend", "command", program=QUOTES)
    assert code == 0, result
    assert (result["kind"], result["backend"], result["model"]) == ("draft", "command", "quotes")
    assert "10:00 to 14:00" in result["answer"]
    assert result["answer"].endswith("[1].")
    assert "10:00 to 14:00" in result["citations"][0]["text"]


@pytest.mark.slow
@pytest.mark.usefixtures("scripted_settings")
def test_a_program_that_fails_is_an_error_with_its_last_words(run: Run) -> None:
    program = "import sys; sys.stdin.read(); print('half an answer'); sys.exit('out of \\x1b[31mmemory')"
    code, result = run("ask", "When is the library open on Sundays?", "--backend", "command", program=program)
    assert (code, result["kind"]) == (1, "backend_failed")
    assert "out of" in result["error"]
    assert result["hint"]


@pytest.fixture
def opened(site: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Any]:
    """The example's backend in this process, over a program given as Python text."""
    from ayllu.backends import open_backend
    from ayllu.config import PluginSettings, Settings
    from ayllu.models import ModelStore

    monkeypatch.syspath_prepend(str(site))

    def go(program: str, timeout_s: float = 60) -> Any:
        (tmp_path / "program.py").write_text(program, "utf-8")
        options = {"command": f"'{sys.executable}' '{tmp_path / 'program.py'}'"}
        table = PluginSettings(kind="command", options=options, timeout_s=timeout_s)
        return open_backend("command", Settings(backends={"command": table}), ModelStore(tmp_path / "models"))

    return go


async def test_a_program_is_heard_while_it_writes_and_killed_when_nobody_listens(
    opened: Callable[..., Any], tmp_path: Path
) -> None:
    from autogen_core.models import UserMessage

    slow = f"""
import os, sys, time
open({str(tmp_path / "pid")!r}, "w").write(str(os.getpid()))
sys.stdin.read()
for byte in "Zürich ".encode():
    sys.stdout.buffer.write(bytes([byte])); sys.stdout.buffer.flush(); time.sleep(0.01)
time.sleep(600)
"""
    stream = opened(slow).client.create_stream([UserMessage(content="sea " * 100_000, source="user")])
    text = ""
    while text != "Zürich ":
        text += await anext(stream)
    began = time.monotonic()
    await stream.aclose()
    assert time.monotonic() - began < 60  # and not the ten minutes that it sleeps
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


async def test_a_silent_or_missing_program_is_said(opened: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from autogen_core.models import UserMessage
    from ayllu.backends import BackendFailed, BackendUnreachable

    hello = [UserMessage(content="Hello", source="user")]
    with pytest.raises(BackendUnreachable, match="in time"):
        await opened("import time; time.sleep(600)", timeout_s=0.5).client.create(hello)
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    nobody = opened("")
    health = await nobody.health()
    assert (health.healthy, health.error) == (False, "There is no program /nowhere/python.")
    with pytest.raises(BackendFailed, match="/nowhere/python"):
        await nobody.client.create(hello)


def test_the_docs_show_the_example_as_it_is() -> None:
    source = (EXAMPLE / "ayllu_command.py").read_text("utf-8")
    assert f"```python\n{source}```" in (ROOT / "docs" / "backends.md").read_text("utf-8")


def test_a_broken_plug_in_is_one_line_of_the_list(ayllu: Ayllu, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = tmp_path / "site" / "broken-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text("[ayllu.backends]\nbroken = not_there:Backend\nllamacpp = not_there:B\n", "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    result = ayllu("backends", "list", "--json")
    rows = {row["name"]: row for row in result.json["backends"]}
    assert result.code == 0
    assert "No module named 'not_there'" in rows["broken"]["error"]
    assert "is not used" in rows["llamacpp (broken)"]["error"]
    assert not rows["broken"]["healthy"]
    assert "llamacpp" in rows
    assert "pip uninstall broken" in ayllu("backends", "list").out
    checked = ayllu("backends", "check", "broken", "--json")
    assert (checked.code, checked.json["kind"]) == (1, "config")
