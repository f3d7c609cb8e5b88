"""A vector store that fails: it is only a projection, so nothing is lost, reading goes on, and a repair can always begin."""

from __future__ import annotations

import pytest
from ayllu_plain_store import PlainStore

from .conftest import Run
from .home import Home, kept
from .survey import mostly_slow, none, problems, run_all, unharmed

READS = ("ask", "chat", "search", "sources list", "sources show", "feedback stats")
WRITES = ("ingest", "sources repair", "sources verify", "doctor")
OPERATIONS = ("__init__", "upsert", "delete", "query", "ids", "count", "reset", "close")

ERRORS = (ConnectionRefusedError("refused"), RuntimeError("odd \x1b[31m"), ValueError(""))


@pytest.mark.parametrize("operation", mostly_slow(OPERATIONS, ("__init__", "upsert")))
@pytest.mark.parametrize("error", mostly_slow(ERRORS, ERRORS[:1]), ids=repr)
def test_a_store_that_fails_keeps_nobody_from_reading(
    home: Home, run: Run, monkeypatch: pytest.MonkeyPatch, operation: str, error: Exception
) -> None:
    before = kept(run)
    (home.scratch / "new.md").write_text("The boat leaves at 8:30 from the new pier.\n", "utf-8")

    def fail(*words: object, **options: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(PlainStore, operation, fail)
        shown = run_all(run, home, names=[*READS, *WRITES])
        read = run("ingest", home.scratch, "--json")
        after = run_all(run, home, names=READS)
    wrong = problems(shown | {"ingest anew": read})
    wrong += [f"{name} afterwards: {result.out}" for name, result in after.items() if result.code]
    none(wrong + unharmed(run, before))
    assert run("sources", "repair", "--json").check().code == 0
    assert run("sources", "verify", "--json").check().json["problems"] == []


@pytest.mark.slow
def test_a_chroma_server_that_is_down_keeps_nobody_from_reading(
    home: Home, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = kept(run)
    (home.scratch / "new.md").write_text("The boat leaves at 8:30 from the new pier.\n", "utf-8")
    monkeypatch.setenv("AYLLU_STORE", "chroma+http://127.0.0.1:9")
    shown = run_all(run, home, names=[*READS, *WRITES])
    read = run("ingest", home.scratch, "--json")
    after = run_all(run, home, names=READS)
    wrong = problems(shown | {"ingest anew": read})
    wrong += [f"{name} afterwards: {result.out}" for name, result in after.items() if result.code]
    monkeypatch.setenv("AYLLU_STORE", "plain")
    none(wrong + unharmed(run, before))
    assert run("sources", "repair", "--json").check().code == 0
    assert run("sources", "verify", "--json").check().json["problems"] == []
