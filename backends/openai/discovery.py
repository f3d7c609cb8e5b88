"""Model servers that already run on this machine: a short look at the ports they use by default, loopback only."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from ...config import PRESETS
from ...http_clients import LOOK_BYTES, AsyncClient, Bounds
from ...text import one_line

_TIMEOUT_S = 0.5  # of silence
_TOTAL_S = 2.0
_OWNERS = {"vllm": "vllm", "sglang": "sglang", "llamacpp": "llama-server", "library": "ollama"}  # `owned_by` in /v1/models
_SIGNS = (("tgi-openai", "../info", "max_total_tokens"), ("llama-server", "../props", "default_generation_settings"))
_MAX_NAME_LENGTH = 200  # characters; what is longer is no name


@dataclass(frozen=True, slots=True)
class DiscoveredServer:
    """One server that answered, with the models it holds. `name` is its preset's, under which the settings know it."""

    name: str
    url: str
    models: Sequence[str]

    @property
    def toml(self) -> str:
        """The two lines at the top of the settings file that use it: a quoted name is a TOML string and nothing else."""
        table = self.settings["backends"][self.name]
        keys = ", ".join(f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in table.items())
        return f'backend = "{self.name}"\nbackends.{self.name} = {{ {keys} }}\n'

    @property
    def settings(self) -> dict[str, Any]:
        """The same as keys and tables, to be set in a file that may have some of them already.

        A model's name comes from a stranger: it is kept to one line without control characters.
        """
        usual = self.url == PRESETS[self.name].url
        table = {**({} if usual else {"url": self.url}), "model": one_line(self.models[0])}
        return {"backend": self.name, "backends": {self.name: table}}

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name, "url": self.url, "models": list(self.models), "toml": self.toml}


async def discover(ports: Mapping[str, int] | None = None) -> Sequence[DiscoveredServer]:
    """Who is up, in the order of the presets. A server that holds no model is left out; nothing is ever raised.

    `ports` by preset, where they are not the usual ones. Of several presets on one port the server itself decides.
    """
    if ports is None:
        ports = {name: preset.port for name, preset in PRESETS.items() if preset.port is not None}
    by_port: dict[int, list[str]] = {}
    for name, port in ports.items():
        by_port.setdefault(port, []).append(name)
    async with AsyncClient("http://127.0.0.1", bounds=Bounds(LOOK_BYTES, _TOTAL_S), timeout=_TIMEOUT_S) as http:
        looks = [_look_at(http, names, f"http://127.0.0.1:{port}/v1") for port, names in by_port.items()]
        return [server for server in await asyncio.gather(*looks) if server is not None]


async def _look_at(http: httpx.AsyncClient, names: Sequence[str], url: str) -> DiscoveredServer | None:
    try:
        answer = await http.get(f"{url}/models")
        answer.raise_for_status()
        entries = answer.json()["data"]
        models = [str(entry["id"]) for entry in entries if entry["id"] and len(str(entry["id"])) <= _MAX_NAME_LENGTH]
        owner = str(entries[0].get("owned_by")) if entries else ""
    except (httpx.HTTPError, ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return None  # nobody there, or somebody else
    return DiscoveredServer(await _preset_of(http, names, url, owner), url, models) if models else None


async def _preset_of(http: httpx.AsyncClient, names: Sequence[str], url: str, owner: str) -> str:
    """Which of the presets it is: by who owns its models, by an address that only one of them has, else by its port."""
    if owner in _OWNERS:
        return _OWNERS[owner]
    for name, path, sign in _SIGNS:
        try:
            answer = await http.get(f"{url}/{path}")
            if answer.status_code == 200 and sign in answer.json():
                return name
        except (httpx.HTTPError, ValueError, RecursionError, TypeError):
            continue
    return names[0]
