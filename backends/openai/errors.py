"""The errors of OpenAI-compatible servers as ours: by their status, by their words, by the library's exceptions."""

from __future__ import annotations

import re

import httpx

from ...errors import AylluError
from ...text import one_line
from ..errors import BackendFailed, BackendUnreachable, ContextOverflow
from ..wire import root_cause

_REQUEST_AT_FAULT = {400, 413, 422}
_OVERFLOWS = [  # how others than llama.cpp say that a prompt is too long
    re.compile(r"context length is (?P<context>\d+) tokens.*?(?P<prompt>\d+) (?:in the (?:messages|prompt)|input tokens)"),
    re.compile(r"context length is (?P<context>\d+) tokens.*?(?P<prompt>\d+) tokens"),
    re.compile(r"input \((?P<prompt>\d+) tokens\) is longer than the model's context length \((?P<context>\d+)"),
    re.compile(r"prompt \(length (?P<prompt>\d+)\) is longer than the maximum model length of (?P<context>\d+)"),
    re.compile(r"must have less than (?P<context>\d+) tokens. Given: (?P<prompt>\d+)"),
    re.compile(r"must be <= (?P<context>\d+). Given: (?P<prompt>\d+)"),
]
_LOOK = "`ayllu backends check` looks at the server."


def error_from_exception(error: Exception, where: str) -> AylluError:
    """What the library raised as one of ours."""
    import openai  # and not above: who asks a model without its chat needs only what a status means

    if isinstance(error, openai.APIConnectionError | httpx.HTTPError | TimeoutError):
        slow = isinstance(error, openai.APITimeoutError | httpx.TimeoutException | TimeoutError)
        if slow:
            return BackendUnreachable(
                f"No answer from {where} in time.", hint=f"Ask again, or raise its `timeout_s`; {_LOOK}"
            )
        return BackendUnreachable(f"No answer from {where}: {root_cause(error)}.", hint=f"Start it; {_LOOK}")
    if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
        return BackendFailed(
            f"{where} refused the key.", hint="Set `token_env` in its settings to the variable that holds the right one."
        )
    if isinstance(error, openai.APIStatusError):
        return error_from_status(error.status_code, error.body, where)
    words = str(error)
    if isinstance(error, openai.OpenAIError):
        return BackendFailed(f"{where} failed: {one_line(words, 300)}.", hint=f"Ask again; {_LOOK}")
    return BackendFailed(f"{where} sent an answer that cannot be read: {one_line(words, 200)}.", hint=_LOOK)


def error_from_status(status: int, body: object, where: str) -> AylluError:
    """An HTTP error as one of ours; `body` is the parsed answer or its `error` part, whatever the server sent."""
    detail = body.get("error", body) if isinstance(body, dict) else body
    if isinstance(detail, dict):
        if detail.get("type") == "exceed_context_size_error":
            return ContextOverflow(int(detail.get("n_prompt_tokens") or 0), int(detail.get("n_ctx") or 0))
        detail = detail.get("message", detail)
    words = one_line(str(detail or "nothing more"), 300)
    if status in _REQUEST_AT_FAULT and (sizes := _overflow(words)):
        return sizes
    return BackendFailed(f"{where} answered {status}: {words}.", hint=_LOOK, everywhere=status in _REQUEST_AT_FAULT)


def error_from_event(body: object, where: str) -> AylluError:
    """An error that came inside a stream, where the status line has long said 200."""
    detail = body.get("error", body) if isinstance(body, dict) else body
    code = detail.get("code") if isinstance(detail, dict) else None
    return error_from_status(code if isinstance(code, int) else 500, body, where)


def _overflow(words: str) -> ContextOverflow | None:
    for pattern in _OVERFLOWS:
        if match := pattern.search(words):
            return ContextOverflow(int(match["prompt"]), int(match["context"]))
    return None
