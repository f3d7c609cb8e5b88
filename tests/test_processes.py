"""The processes that we start run nothing that lies in the current folder, nor are they configured by it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from ayllu.app import improve_command
from ayllu.paths import find
from ayllu.processes import isolated_environment, python_command

ROOT = Path(__file__).resolve().parents[1]
NO_ROOMS = {"tests", "benchmarks", "docs", "examples"}
PLANTED = ("pip", "ayllu", "chromadb", "onnxruntime", "xllamacpp", "json", "sitecustomize")


@pytest.fixture
def trap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, full of modules that say so when they are run; returns the file in which they say it."""
    folder, sprung = tmp_path / "documents", tmp_path / "sprung"
    for name in PLANTED:
        (folder / name).mkdir(parents=True)
        spring = f"open({str(sprung)!r}, 'a').write({name!r})\n"
        for module in (folder / f"{name}.py", folder / name / "__init__.py", folder / name / "__main__.py"):
            module.write_text(spring, "utf-8")
    monkeypatch.chdir(folder)
    return sprung


def test_the_trap_is_one(trap: Path) -> None:
    subprocess.run([sys.executable, "-c", "import xllamacpp"], check=True)
    assert trap.read_text("utf-8") == "xllamacpp"


@pytest.mark.parametrize(
    "command",
    [
        python_command("-m", "pip", "--version"),
        [*improve_command(find())[:-2], "--version"],
        python_command("-c", "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import pip, json'])"),
    ],
    ids=["pip", "what F9 starts", "a process of a process"],
)
def test_no_module_of_the_current_folder_is_run(trap: Path, command: list[str]) -> None:
    ended = subprocess.run(command, env=isolated_environment(), capture_output=True, check=False)
    assert ended.returncode == 0
    assert not trap.exists()


def test_an_installer_starts_where_nothing_of_the_current_folder_configures_it(
    trap: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """uv reads `uv.toml` and `pyproject.toml` of its folder, which may name another package index."""
    from ayllu.cli import main

    binaries, seen = tmp_path / "bin", tmp_path / "seen"
    binaries.mkdir()
    (binaries / "uv").write_text(f'#!/bin/sh\npwd > "{seen}"\n', "utf-8")
    (binaries / "uv").chmod(0o755)
    monkeypatch.setenv("PATH", f"{binaries}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr("ayllu.app.extras._installed", lambda requirement: False)
    assert main(["setup", "models", "--yes", "--json"]) == 0
    assert Path(seen.read_text("utf-8").strip()) == Path(sys.prefix).resolve()


def test_every_python_process_is_started_this_way() -> None:
    """`sys.executable` stands in `processes` alone, and where an installer is told for whom it installs."""
    users = {
        str(path.relative_to(ROOT))
        for path in ROOT.rglob("*.py")
        if path.relative_to(ROOT).parts[0] not in NO_ROOMS and not any(part.startswith(".") for part in path.parts)
        if "sys.executable" in path.read_text("utf-8")
    }
    assert users == {"processes.py", "app/extras.py"}


def test_a_settings_file_of_the_current_folder_configures_nothing(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "CHROMA_SERVER_HTTP_PORT=nonsense\nANONYMIZED_TELEMETRY=True\nAYLLU_STORE=other\n", "utf-8"
    )
    code = (
        "from ayllu.retrieval.stores.chroma_library import load_chroma, chroma_settings; load_chroma(); "
        "from chromadb.config import Settings; from ayllu.config import Settings as Ours; "
        "print(chroma_settings().anonymized_telemetry, Settings().chroma_server_http_port, Ours().store)"
    )
    environment = {name: value for name, value in isolated_environment().items() if name != "ANONYMIZED_TELEMETRY"}
    shown = subprocess.run(
        python_command("-c", code), cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert shown.stdout.split() == ["False", "None", "chroma"], shown.stderr[-500:]
