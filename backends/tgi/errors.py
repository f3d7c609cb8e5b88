"""What a TGI server says instead of an answer: by status, by an event inside a stream, or by a proxy in front of it.

Sources: `router/src/server.rs`, `router/src/infer/mod.rs` and `router/src/validation.rs` of text-generation-inference 3.x.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...errors import AylluError
from ...text import one_line
from ..errors import BackendFailed, BackendUnreachable, ContextOverflow
from ..wire import root_cause

_STATUS = {  # of an error that arrives as an event, where the status line has long said 200
    "validation": 422,
    "template_error": 422,
    "tool_error": 422,
    "generation": 424,
    "overloaded": 429,
    "incomplete_generation": 500,
    "incomplete_generation_stream": 500,
}
_TOO_LONG = re.compile(r"inputs`? must have less than (?P<limit>\d+) tokens\. Given: (?P<given>\d+)")
_TOO_LONG_WITH_ANSWER = re.compile(
    r"max_new_tokens`? must be <= (?P<limit>\d+)\. Given: (?P<given>\d+) `?inputs`? tokens and (?P<new>\d+)"
)
_LOOK = "`ayllu backends check` looks at the server."


@dataclass(frozen=True, slots=True)
class PromptSize:
    """How long a prompt is and may be, in tokens; both 0 where the server does not say. `room` is left for an answer."""

    tokens: int
    limit: int
    room: int = 0


class ServerError(Exception):
    """An error as the server sent it. `status` 0: it is not known, for the client library keeps only the words."""

    def __init__(self, status: int, kind: str, message: str, *, retry_after_s: float = 0.0) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.message = message
        self.retry_after_s = retry_after_s

    @property
    def overloaded(self) -> bool:
        """More questions at once than the server takes: the same one may be taken a moment later."""
        return self.status == 429 or self.kind == "overloaded" or "model is overloaded" in self.message.lower()

    def prompt_size(self) -> PromptSize | None:
        """What was wrong with the prompt's length, if it was that."""
        if match := _TOO_LONG.search(self.message):
            return PromptSize(int(match["given"]), int(match["limit"]) - 1)
        if match := _TOO_LONG_WITH_ANSWER.search(self.message):
            tokens, limit = int(match["given"]), int(match["limit"])
            return PromptSize(tokens, max(limit - int(match["new"]), 0), max(limit - tokens, 0))
        return PromptSize(0, 0) if self.status == 413 else None


def error_from_response(status: int, content: bytes, headers: Mapping[str, str]) -> ServerError:
    """A response that is not a 200, whatever its body: TGI's JSON, nothing, or a proxy's page."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        body = None
    after = headers.get("retry-after", "")
    retry_after_s = float(after) if after.isdigit() else 0.0
    if isinstance(body, dict) and (body.get("error") or body.get("message")):
        error = error_from_event(body, status)
        return ServerError(status, error.kind, error.message, retry_after_s=retry_after_s)
    return ServerError(status, "", _page_text(content), retry_after_s=retry_after_s)


def error_from_event(body: Mapping[str, Any], status: int = 0) -> ServerError:
    """`{"error": text, "error_type": kind}`, or the form of chat streams, `{"error": {"message", "http_status_code"}}`."""
    detail = body.get("error") or body.get("message")
    kind = str(body.get("error_type") or "")
    if isinstance(detail, dict):
        kind = kind or str(detail.get("error_type") or detail.get("type") or "")
        code = detail.get("http_status_code") or detail.get("code")
        status = status or (code if isinstance(code, int) else 0)
        detail = detail.get("message") or detail
    return ServerError(status or _STATUS.get(kind, 500), kind, str(detail))


def backend_error(error: ServerError, where: str) -> AylluError:
    """In our words, with the next step."""
    why = f": {one_line(error.message, 300)}".rstrip(".") if error.message.strip() else ""
    if (size := error.prompt_size()) is not None and size.tokens:
        return ContextOverflow(size.tokens, size.limit)
    if error.status in (401, 403):
        return BackendFailed(
            f"{where} refused the token{why}.",
            hint="Set `token_env` in its settings to the name of the variable that holds the right one.",
        )
    if error.overloaded:
        return BackendFailed(
            f"{where} is overloaded{why}.", hint="Ask again in a moment, or start it with more `--max-concurrent-requests`."
        )
    if "adapter" in error.message.lower():
        return BackendFailed(
            f"{where} does not know the adapter{why}.",
            hint="It loads adapters at start only: `ayllu tgi command --adapter ID` shows how.",
        )
    if error.status == 503:
        return BackendFailed(f"{where} is not ready{why}.", hint="Wait until its model is loaded: `ayllu tgi status`.")
    if error.status == 424:
        return BackendFailed(f"{where} failed while it was generating{why}.", hint="Ask again; `ayllu tgi logs` says more.")
    answer = f"answered {error.status}" if error.status else "answered with an error"
    return BackendFailed(f"{where} {answer}{why}.", hint=_LOOK)


def unreachable(where: str, error: BaseException, *, slow: bool = False) -> BackendUnreachable:
    if slow:
        return BackendUnreachable(f"No answer from {where} in time.", hint=f"Ask again, or raise its `timeout_s`; {_LOOK}")
    return BackendUnreachable(f"No answer from {where}: {root_cause(error)}.", hint=f"Start it (`ayllu tgi up`); {_LOOK}")


def unreadable(where: str, error: object) -> BackendFailed:
    return BackendFailed(f"{where} sent an answer that cannot be read: {one_line(str(error), 200)}.", hint=_LOOK)


def cut_off(where: str) -> BackendFailed:
    return BackendFailed(f"{where} stopped in the middle of an answer.", hint=f"Ask again; {_LOOK}")


def _page_text(content: bytes) -> str:
    """A page's words, without its markup."""
    text = content[:4000].decode("utf-8", "replace")
    text = re.sub(r"(?is)<(script|style|head)\b.*?</\1>", " ", text)
    return " ".join(re.sub(r"<[^>]*>", " ", text).split())
