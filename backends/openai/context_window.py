"""How many tokens a served model reads, asked in each server's own way; `None` where it does not say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import httpx

from ...config import ContextProbe

_OLLAMA_DEFAULT = 4096  # what Ollama gives a model that it has not loaded, whatever the model could read
_NUM_CTX = re.compile(r"^num_ctx\s+(\d+)", re.MULTILINE)


async def context_of(probe: ContextProbe, http: httpx.AsyncClient, model: str, entry: Mapping[str, Any]) -> int | None:
    """The context window in tokens. `http` is based on the server's /v1; `entry` is the model's own in /v1/models."""
    try:
        found = await _ask(probe, http, model, entry)
    except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError):
        return None  # an older server, or another behind the same port: the setting holds
    return found if isinstance(found, int) and found > 0 else None


async def _ask(probe: ContextProbe, http: httpx.AsyncClient, model: str, entry: Mapping[str, Any]) -> Any:
    match probe:
        case "models":
            return entry.get("max_model_len")
        case "props":
            return (await _get(http, "../props"))["default_generation_settings"]["n_ctx"]
        case "info":
            said = await _get(http, "../info")
            return said.get("max_total_tokens") or said.get("max_input_tokens")
        case "lmstudio":
            for one in (await _get(http, "../api/v0/models"))["data"]:
                if one["id"] == model:
                    return one.get("loaded_context_length") or one.get("max_context_length")
        case "ollama":
            return await _ollama(http, model)
    return None


async def _ollama(http: httpx.AsyncClient, model: str) -> Any:
    for one in (await _get(http, "../api/ps")).get("models", []):
        if one.get("name") == model and one.get("context_length"):
            return one["context_length"]
    answer = await http.post("../api/show", json={"model": model})
    answer.raise_for_status()
    shown = answer.json()
    if told := _NUM_CTX.search(shown.get("parameters") or ""):
        return int(told[1])
    most = next((size for key, size in shown["model_info"].items() if key.endswith(".context_length")), _OLLAMA_DEFAULT)
    return min(most, _OLLAMA_DEFAULT)


async def _get(http: httpx.AsyncClient, path: str) -> Any:
    answer = await http.get(path)
    answer.raise_for_status()
    return answer.json()
