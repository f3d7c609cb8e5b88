"""How many tokens a served model reads, asked in each server's own way; `None` where it does not say."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx

from ...config import ContextProbe

_OLLAMA_DEFAULT = 4096  # what Ollama gives a model that it has not loaded, whatever the model could read
_NUM_CTX = re.compile(r"^num_ctx\s+(\d+)", re.MULTILINE)
Entry = Mapping[str, Any]  # the model's own in /v1/models


async def read_context_window(probe: ContextProbe, http: httpx.AsyncClient, model: str, entry: Entry) -> int | None:
    """The context window in tokens. `http` is based on the server's /v1."""
    try:
        size = await _PROBES[probe](http, model, entry)
    except (httpx.HTTPError, ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return None  # an older server, or another behind the same port: the setting holds
    return size if isinstance(size, int) and size > 0 else None


async def _nobody(http: httpx.AsyncClient, model: str, entry: Entry) -> Any:
    return None


async def _listing(http: httpx.AsyncClient, model: str, entry: Entry) -> Any:
    return entry.get("max_model_len")


async def _props(http: httpx.AsyncClient, model: str, entry: Entry) -> Any:
    return (await _get(http, "../props"))["default_generation_settings"]["n_ctx"]


async def _info(http: httpx.AsyncClient, model: str, entry: Entry) -> Any:
    info = await _get(http, "../info")
    return info.get("max_total_tokens") or info.get("max_input_tokens")


async def _lmstudio(http: httpx.AsyncClient, model: str, entry: Entry) -> Any:
    for served in (await _get(http, "../api/v0/models"))["data"]:
        if served["id"] == model:
            return served.get("loaded_context_length") or served.get("max_context_length")
    return None


async def _ollama(http: httpx.AsyncClient, model: str, entry: Entry) -> Any:
    for loaded in (await _get(http, "../api/ps")).get("models", []):
        if loaded.get("name") == model and loaded.get("context_length"):
            return loaded["context_length"]
    answer = await http.post("../api/show", json={"model": model})
    answer.raise_for_status()
    description = answer.json()
    if setting := _NUM_CTX.search(description.get("parameters") or ""):
        return int(setting[1])
    sizes = (size for key, size in description["model_info"].items() if key.endswith(".context_length"))
    return min(next(sizes, _OLLAMA_DEFAULT), _OLLAMA_DEFAULT)


async def _get(http: httpx.AsyncClient, path: str) -> Any:
    answer = await http.get(path)
    answer.raise_for_status()
    return answer.json()


_PROBES: Mapping[ContextProbe, Callable[[httpx.AsyncClient, str, Entry], Awaitable[Any]]] = {
    "models": _listing,
    "props": _props,
    "info": _info,
    "lmstudio": _lmstudio,
    "ollama": _ollama,
    "none": _nobody,
}
