"""The command line as a person meets it: called in this process, or as a process of its own."""

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ayllu.cli import main
from embeddings_server import serve_embeddings


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one JSON object on stdout; fails where there is anything else."""
        assert self.out.endswith("\n")
        assert self.out.count("\n") == 1
        value = json.loads(self.out)
        assert isinstance(value, dict)
        return value


class Process(subprocess.Popen[str]):
    """One that does not outlive its test."""

    def __exit__(self, *why: Any) -> None:
        self.kill()
        super().__exit__(*why)


Ayllu = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The same folder that `AYLLU_HOME` names."""
    return tmp_path / "home"


@pytest.fixture(scope="session")
def embeddings() -> Iterator[str]:
    with serve_embeddings() as spec:
        yield spec


@pytest.fixture
def scripted_settings(embeddings: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Command lines answer from the scripted backend, which points at names and figures, and embed by hashing words."""
    monkeypatch.setenv("AYLLU_BACKEND", "scripted")
    monkeypatch.setenv("AYLLU_MODELS__EMBEDDER", embeddings)


@pytest.fixture
def tiny_chat(tiny_gguf: Path, embeddings: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Command lines have a chat model that llama.cpp loads at once."""
    monkeypatch.setenv("AYLLU_MODELS__CHAT", str(tiny_gguf))
    monkeypatch.setenv("AYLLU_MODELS__EMBEDDER", embeddings)


@pytest.fixture
def ayllu(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Ayllu:
    """Run one command line in this process, away from any terminal."""

    def run(*words: object, stdin: str = "") -> Result:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode("utf-8", "surrogateescape")), "utf-8"))
        capsys.readouterr()
        code = main([str(word) for word in words])
        seen = capsys.readouterr()
        return Result(code, seen.out, seen.err)

    return run


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    """Start one command line as a process of its own, in a folder that is not ours."""

    def popen(*words: object, **options: Any) -> subprocess.Popen[str]:
        elsewhere = tmp_path / "elsewhere"
        elsewhere.mkdir(exist_ok=True)
        return Process(
            [sys.executable, "-m", "ayllu", *map(str, words)],
            cwd=elsewhere,
            env={**os.environ, **options.pop("env", {})},
            stdin=options.pop("stdin", subprocess.DEVNULL),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background jobs ignore it
            **options,
        )

    return popen


@pytest.fixture
def handbook(tmp_path: Path) -> Path:
    """A folder of two documents that the sample knows nothing of."""
    folder = tmp_path / "handbook"
    folder.mkdir()
    (folder / "ferry.md").write_text("# The ferry\n\nThe ferry to Amantani leaves at 7:45 from pier 3.\n", "utf-8")
    (folder / "bread.txt").write_text("The bakery sells barley bread on Thursdays. A loaf costs 4 soles.\n", "utf-8")
    return folder
