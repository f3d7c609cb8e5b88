"""Looking for model servers on loopback, where anybody may listen."""

import tomllib

import pytest
from ayllu.backends import DiscoveredServer, discover
from ayllu.benchmarks.standin import StandIn
from ayllu.config import PRESETS, Settings, set_keys

HOSTILE = 'x"]\n[agents]\nteam = "evil" # \\ \x1b[31m\u202e \U0001f6b2 é'


def port(server: StandIn) -> int:
    return int(server.url.removesuffix("/v1").rpartition(":")[2])


def chosen_model(toml: str, name: str) -> str:
    """The model that the lines choose, and that they choose nothing else."""
    tree = tomllib.loads(toml)
    assert set(tree) == {"backend", "backends"}
    settings = Settings.model_validate(tree)
    assert settings.backend == name
    assert list(settings.backends) == [name]
    return str(settings.backends[name].model)


async def test_who_is_up_is_found_with_two_lines_that_use_it() -> None:
    async with StandIn("llama3.2:3b") as full, StandIn(routes={"/v1/models": lambda *_: (200, {"data": []})}) as empty:
        servers = await discover({"ollama": port(full), "vllm": port(empty), "gpt4all": 9})
    assert [(server.name, server.models) for server in servers] == [("ollama", ["llama3.2:3b"])]
    assert len(servers[0].toml.splitlines()) == 2
    assert (
        chosen_model(servers[0].toml, "ollama") == chosen_model(set_keys("", servers[0].settings), "ollama") == "llama3.2:3b"
    )
    usual = DiscoveredServer("ollama", str(PRESETS["ollama"].url), ["m"])
    assert usual.toml == 'backend = "ollama"\nbackends.ollama = { model = "m" }\n'


@pytest.mark.parametrize("name", [HOSTILE, "'''", '"""', "\x00", "\ud800", "a\\", "{ } = [", "\u2028"])
async def test_a_hostile_name_chooses_a_model_and_nothing_else(name: str) -> None:
    server = DiscoveredServer("ollama", "http://127.0.0.1:1/v1", [name])
    for toml in (server.toml, set_keys("", server.settings)):
        assert "\x1b" not in toml
        assert "\u202e" not in toml
        assert "\n" not in chosen_model(toml, "ollama")


@pytest.mark.parametrize(
    ("owner", "path", "answer", "name"),
    [
        ("vllm", "/none", {}, "vllm"),
        ("llamacpp", "/none", {}, "llama-server"),
        ("me", "/info", {"max_total_tokens": 9}, "tgi-openai"),
        ("me", "/props", {"default_generation_settings": {}}, "llama-server"),
        ("me", "/props", ["default"], "localai"),
        (None, "/none", {}, "localai"),
    ],
)
async def test_of_two_on_one_port_the_server_says_which(owner: str | None, path: str, answer: object, name: str) -> None:
    listed = {"data": [{"id": "m", "owned_by": owner}]}
    async with StandIn(routes={"/v1/models": lambda *_: (200, listed), path: lambda *_: (200, answer)}) as server:
        [discovered] = await discover({"localai": port(server), "llama-server": port(server)})
    assert discovered.name == name


@pytest.mark.parametrize(
    "answer",
    [b"<html>", b"\xff", {"data": None}, {"data": [None]}, {"data": [{"id": "x" * 300}]}, [], {"data": [{"id": None}]}],
)
async def test_whoever_says_something_else_is_left_out(answer: object) -> None:
    async with StandIn(routes={"/v1/models": lambda *_: (200, answer)}) as server:
        assert await discover({"vllm": port(server)}) == []
