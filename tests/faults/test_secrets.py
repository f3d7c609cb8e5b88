"""A planted secret, wherever a person may have put it: in no output, no log, no database, nor any other file of the home."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import Run
from .home import Home
from .servers import TOKEN, Faulty, serve
from .survey import QUESTION, mostly_slow, run_all

MEETING = ("ask", "chat", "search", "ingest", "backends check", "doctor", "sources list", "sources verify", "config show")


@pytest.fixture
def server() -> Iterator[Faulty]:
    with serve() as faulty:
        yield faulty


def login(url: str) -> str:
    """The address with the secret as its password."""
    return url.replace("http://", f"http://someone:{TOKEN}@")


def holders(folder: Path) -> list[str]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return [str(file.relative_to(folder)) for file in files if TOKEN.encode() in file.read_bytes()]


@pytest.mark.parametrize(
    "mode", mostly_slow(("well", "echoes the token", "error 503 in HTML", "hangs up"), ("echoes the token",))
)
@pytest.mark.parametrize("place", ["a model server's token", "a model server's address", "an embedder's token"])
def test_a_secret_of_a_server_stays_where_it_was_put(
    home: Home, run: Run, server: Faulty, monkeypatch: pytest.MonkeyPatch, place: str, mode: str
) -> None:
    monkeypatch.setenv("PLANTED", TOKEN)
    server.mode = mode
    if place == "an embedder's token":
        monkeypatch.setenv("AYLLU_EMBEDDINGS_TOKEN", TOKEN)
        monkeypatch.setenv("AYLLU_MODELS__EMBEDDER", server.embedder)
    else:
        monkeypatch.setenv("AYLLU_BACKEND", "gpu")
        monkeypatch.setenv("AYLLU_BACKENDS__GPU__KIND", "openai")
        url = server.url if "token" in place else login(server.url)
        monkeypatch.setenv("AYLLU_BACKENDS__GPU__URL", f"{url}/v1")
        monkeypatch.setenv("AYLLU_BACKENDS__GPU__TIMEOUT_S", "1")
        if "token" in place:
            monkeypatch.setenv("AYLLU_BACKENDS__GPU__TOKEN_ENV", "PLANTED")
    shown = run_all(run, home, names=MEETING)
    shown = {**shown, "ask --debug": run("ask", QUESTION, "--debug", "--json")}
    assert [name for name, result in shown.items() if TOKEN in result.out + result.err] == []
    assert holders(home.home) == []


@pytest.mark.parametrize("mode", mostly_slow(("well", "error 500", "hangs up"), ("well",)))
def test_a_login_in_a_page_s_address_is_not_kept(home: Home, run: Run, server: Faulty, mode: str) -> None:
    server.mode = mode
    shown = [run("ingest", f"{login(server.url)}/page", "--json"), run("sources", "list", "--json")]
    shown += [run("ask", QUESTION, "--json"), run("search", "ferry", "--json")]
    assert [result.words for result in shown if TOKEN in result.out + result.err] == []
    assert holders(home.home) == []


@pytest.mark.parametrize(
    "variable", ["AYLLU_API_KEY", "AYLLU_BACKENDS__GPU__API_KEY", "AYLLU_BACKENDS__GPU__TOKEN", "AYLLU_TOKEN"]
)
def test_a_secret_under_a_wrong_key_is_not_repeated(
    home: Home, run: Run, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, TOKEN)
    shown = run_all(run, home, names=("config show", "ask"))
    assert [name for name, result in shown.items() if TOKEN in result.out + result.err] == []
    assert {result.code for result in shown.values()} == {1}
    assert holders(home.home) == []


def test_a_login_in_the_embedder_s_or_the_store_s_address_is_in_no_file(
    home: Home, run: Run, server: Faulty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AYLLU_MODELS__EMBEDDER", login(server.url).join(("openai:", "/v1#hashing")))
    shown = {**run_all(run, home, names=MEETING), "new": run("ingest", home.documents, "--json")}
    server.mode = "error 500"
    shown |= {f"{name}, failing": result for name, result in run_all(run, home, names=MEETING).items()}
    assert [name for name, result in shown.items() if TOKEN in result.out + result.err] == []
    assert holders(home.home) == []
