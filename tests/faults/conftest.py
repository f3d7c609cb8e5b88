"""Command lines in this process, on a home in use whose embedder and backend are on this machine."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ayllu.cli import main
from embeddings_server import serve_embeddings

from .home import Home


@dataclass(frozen=True)
class Shown:
    """What one command line came to."""

    words: tuple[str, ...]
    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        assert self.out.count("\n") == 1, self.out
        value = json.loads(self.out)
        assert isinstance(value, dict)
        return value

    def check(self) -> Shown:
        """Whatever happened, a person can read it and go on: no traceback, no fault of ours, a next step."""
        everything = self.out + self.err
        assert self.code in (0, 1, 2), self.words
        for trace in ("Traceback", "inside ayllu", "Something unexpected", '"unexpected"', "\n  File "):
            assert trace not in everything, f"{' '.join(self.words)}: {everything[-800:]}"
        assert isinstance(self.json, dict)
        if set(self.json) == {"error", "hint", "kind"}:
            assert self.code != 0
            assert all(isinstance(self.json[part], str) and self.json[part].strip() for part in ("error", "hint", "kind"))
        return self


Run = Callable[..., Shown]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    def go(*words: object, stdin: str = "") -> Shown:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), "utf-8"))
        capsys.readouterr()
        line = tuple(map(str, words))
        code = main(line)
        return Shown(line, code, *capsys.readouterr())

    return go


@pytest.fixture(scope="session")
def embeddings() -> Iterator[str]:
    with serve_embeddings() as spec:
        yield spec


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, embeddings: str) -> Home:
    """The home in use that each test has a copy of."""
    home = Home.below(tmp_path_factory.mktemp("faults"))
    home.lay_out()
    with pytest.MonkeyPatch.context() as patch:
        set_up(patch, home, embeddings)
        assert main(["ingest", str(home.documents), "--json"]) == 0
        patch.setattr(sys, "stdin", io.StringIO("When does the ferry leave?\nWhat does a loaf cost?\n"))
        patch.setattr(sys, "stdout", written := io.StringIO())
        assert main(["chat", "--json"]) == 0
        ferry, bread = json.loads(written.getvalue())["answers"]
        assert main(["feedback", "add", ferry["message_id"], "--rating", "down", "--correction", "7:50", "--json"]) == 0
        assert main(["feedback", "add", bread["message_id"], "--rating", "up", "--json"]) == 0
        assert main(["backup", str(home.backup), "--json"]) == 0
    return Home.below(home.home.parent, ferry=ferry["message_id"], bread=bread["message_id"], session=ferry["session_id"])


@pytest.fixture
def home(template: Home, tmp_path: Path, embeddings: str, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home in use of one's own; the documents are those of the template, at their place."""
    ids = {name: getattr(template, name) for name in ("ferry", "bread", "session")}
    home = Home.below(tmp_path / "in-use", **ids)
    shutil.copytree(template.home, home.home)
    home.scratch.mkdir()
    outside = {
        name: getattr(template, name) for name in ("documents", "questions", "predictions", "words", "model", "backup")
    }
    own = Home(**{**vars(home), **outside})
    set_up(monkeypatch, own, embeddings)
    return own


def set_up(patch: pytest.MonkeyPatch, home: Home, embeddings: str) -> None:
    patch.setenv("AYLLU_HOME", str(home.home))
    patch.setenv("AYLLU_MODELS", str(home.scratch / "models"))
    patch.setenv("AYLLU_BACKEND", "scripted")
    patch.setenv("AYLLU_STORE", "plain")
    patch.setenv("AYLLU_MODELS__EMBEDDER", embeddings)
    patch.setenv("AYLLU_MODELS__CHAT", str(home.model))
    patch.setenv("PATH", str(home.scratch))  # no docker, no uv, no nvidia-smi
