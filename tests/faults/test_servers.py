"""Embedders and model servers that answer in every wrong way there is, against every command that asks them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partialmethod

import pytest
from ayllu.retrieval.embedders.endpoint import EndpointEmbedder

from .commands import LINES
from .conftest import Run
from .home import Home, kept
from .servers import ANSWERS, FOR_VECTORS_ALONE, SLOW, TOKEN, Faulty, serve
from .survey import mostly_slow, none, problems, run_all, unharmed

EMBEDS = ("ask", "chat", "search", "ingest", "sources repair", "eval retrieval", "feedback import")
ASKS = ("ask", "chat", "backends check", "eval answers", "doctor")
FAULTS = [mode for mode in ANSWERS if mode not in ("well", *SLOW)]
FOR_ALL = [mode for mode in FAULTS if mode not in FOR_VECTORS_ALONE]


@pytest.fixture
def server(home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Faulty]:
    monkeypatch.setenv("AYLLU_EMBEDDINGS_TOKEN", TOKEN)
    monkeypatch.setenv("PLANTED_TOKEN", TOKEN)
    tries = partialmethod(EndpointEmbedder.__init__, waits_s=(0.01, 0.02))  # asked again, but at once
    monkeypatch.setattr(EndpointEmbedder, "__init__", tries)
    with serve() as faulty:
        yield faulty


@pytest.fixture
def embedder(server: Faulty, home: Home, run: Run, monkeypatch: pytest.MonkeyPatch) -> Faulty:
    """The home's vectors are of this server, which is well."""
    monkeypatch.setenv("AYLLU_MODELS__EMBEDDER", server.embedder)
    assert run("sources", "reembed", "--json").code == 0
    return server


@pytest.fixture
def model(server: Faulty, monkeypatch: pytest.MonkeyPatch) -> Faulty:
    monkeypatch.setenv("AYLLU_BACKEND", "gpu")
    for key, value in {"KIND": "openai", "URL": f"{server.url}/v1", "TOKEN_ENV": "PLANTED_TOKEN", "TIMEOUT_S": "1"}.items():
        monkeypatch.setenv(f"AYLLU_BACKENDS__GPU__{key}", value)
    return server


def new_words(home: Home) -> None:
    """Something that has to be embedded."""
    for at in range(3):
        (home.scratch / f"new-{at}.md").write_text(f"Boat {at} leaves at {at}:30 from the new pier.\n", "utf-8")


@pytest.mark.parametrize("mode", mostly_slow(FAULTS, ("error 500", "NaN", "one too few")))
def test_an_embedder_that_fails_costs_what_it_was_asked_for_and_no_more(
    home: Home, run: Run, embedder: Faulty, mode: str
) -> None:
    before = kept(run)
    new_words(home)
    embedder.mode = mode
    wrong = problems(run_all(run, home, names=EMBEDS))
    read = run("ingest", home.scratch, "--json").check().json
    if "error" not in read:
        assert read["documents"] + len(read["failed"]) == 3, read
        embedder.mode = "well"
        assert len(kept(run)["sources"]) == len(before["sources"]) + read["documents"]
    embedder.mode = "well"
    none(wrong + unharmed(run, before))
    assert run("ingest", home.scratch, "--json").check().json["failed"] == []
    assert len(kept(run)["sources"]) == len(before["sources"]) + 3
    assert run("sources", "verify", "--json").json["problems"] == []


@pytest.mark.parametrize("mode", mostly_slow(FOR_ALL, ("echoes the token", "deep")))
def test_a_model_server_that_fails_is_named_and_costs_the_answer_alone(
    home: Home, run: Run, model: Faulty, mode: str
) -> None:
    before = kept(run)
    model.mode = mode
    shown = run_all(run, home, names=ASKS)
    wrong = problems(shown)
    wrong += [f"{name} shows the token" for name, result in shown.items() if TOKEN in result.out + result.err]
    wrong += [f"{name} shows an escape" for name, result in shown.items() if "\x1b" in result.out + result.err]
    model.mode = "well"
    none(wrong + unharmed(run, before))


@pytest.mark.slow
@pytest.mark.parametrize("mode", SLOW)
@pytest.mark.parametrize("name", ASKS)
def test_a_model_server_that_never_ends_is_left(home: Home, run: Run, model: Faulty, mode: str, name: str) -> None:
    model.mode = mode
    shown = run_all(run, home, names=[name])
    none(problems(shown))


@pytest.mark.parametrize("mode", mostly_slow(FOR_ALL, ("garbage",)))
def test_a_page_that_cannot_be_had_is_one_failure_of_many(home: Home, run: Run, server: Faulty, mode: str) -> None:
    before = kept(run)
    new_words(home)
    server.mode = mode
    read = run("ingest", f"{server.url}/page", home.scratch, "--json").check().json
    assert read["documents"] + len(read["failed"]) == 4
    assert len(kept(run)["sources"]) == len(before["sources"]) + read["documents"]


def test_the_commands_here_are_some_of_all() -> None:
    assert {*EMBEDS, *ASKS} <= LINES.keys()
