"""The models that a server lists under /v1/models."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import httpx

from ..errors import BackendFailed, BackendUnreachable

_NOT_FOR_CHAT = re.compile(r"embed|rerank|whisper|(?:^|[/_-])(?:bge|clip|tts)(?:[/_-]|$)", re.IGNORECASE)


async def list_models(http: httpx.AsyncClient, where: str) -> list[dict[str, Any]]:
    """The entries as the server has them, each with an `id`. `http` is based on the server's /v1.

    Raises:
        BackendUnreachable, BackendFailed
    """
    try:
        answer = await http.get("models")
        answer.raise_for_status()
        return [dict(entry) for entry in answer.json()["data"] if entry["id"]]
    except httpx.HTTPStatusError as error:
        status = error.response.status_code
        refused = status in (401, 403)
        raise BackendFailed(
            f"{where} {'refused the key' if refused else f'answered {status} when asked for its models'}.",
            hint="Check its token: `token_env` names the variable that holds it."
            if refused
            else "Check its `url` (most end in /v1).",
        ) from error
    except httpx.HTTPError as error:
        raise BackendUnreachable(
            f"No answer from {where}: {str(error) or type(error).__name__}.",
            hint="Start it, or run `ayllu backends discover`.",
        ) from error
    except (ValueError, RecursionError, KeyError, TypeError) as error:
        raise BackendFailed(
            f"{where} does not speak the OpenAI protocol.", hint="Check its `url` (most end in /v1)."
        ) from error


def first_chat_model(models: Sequence[str]) -> str:
    """The first whose name is not that of an embedder, a reranker or a model for speech; else the first."""
    return next((name for name in models if not _NOT_FOR_CHAT.search(name)), models[0])
