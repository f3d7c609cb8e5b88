"""Model servers that already run on this machine: a short look at the ports they use by default, loopback only."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import httpx

PORTS: Mapping[str, int] = {
    "ollama": 11434,
    "lmstudio": 1234,
    "llama-server": 8080,
    "vllm": 8000,
    "sglang": 30000,
    "gpt4all": 4891,
    "openllm": 3000,
}
_TIMEOUT_S = 0.5


@dataclass(frozen=True, slots=True)
class DiscoveredServer:
    """One server that answered, with the models it holds."""

    name: str
    url: str
    models: Sequence[str]

    @property
    def toml(self) -> str:
        """The lines of the settings file that use it."""
        model = re.sub(r'["\\\x00-\x1f]', "", self.models[0])
        return f'backend = "{self.name}"\n[backends.{self.name}]\nkind = "openai"\nurl = "{self.url}"\nmodel = "{model}"\n'

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "models": list(self.models), "toml": self.toml}


async def discover(ports: Mapping[str, int] = PORTS) -> Sequence[DiscoveredServer]:
    """Who is up, in the order of `ports`. A server that holds no model is left out; nothing is ever raised."""
    async with httpx.AsyncClient(timeout=_TIMEOUT_S, trust_env=False) as http:
        looks = [_look(http, name, f"http://127.0.0.1:{port}/v1") for name, port in ports.items()]
        return [server for server in await asyncio.gather(*looks) if server is not None]


async def _look(http: httpx.AsyncClient, name: str, url: str) -> DiscoveredServer | None:
    try:
        answer = await http.get(f"{url}/models")
        answer.raise_for_status()
        models = [str(model["id"]) for model in answer.json()["data"]]
    except (httpx.HTTPError, ValueError, KeyError, TypeError):
        return None  # nobody there, or somebody else
    return DiscoveredServer(name, url, models) if models else None
