"""A chat answer of TGI as it comes in, from the chunks of a stream or whole."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..wire import overlap


class ChatAnswer:
    """What has come so far. `stops` are the stop sequences of the request, which TGI leaves at the end of a text."""

    def __init__(self, stops: Sequence[str] = ()) -> None:
        self.finish: str | None = None
        self.usage: Mapping[str, Any] = {}
        self.model = ""
        self._text = ""
        self._shown = 0  # characters of it that were handed out
        self._stops = [stop for stop in stops if stop]
        self._calls: dict[int, dict[str, str]] = {}

    @property
    def text(self) -> str:
        """Without the stop sequence that ended it."""
        stop = next((stop for stop in self._stops if self._text.endswith(stop)), "")
        return self._text.removesuffix(stop)

    @property
    def calls(self) -> list[dict[str, str]]:
        """Tool calls as `id`, `name`, `arguments` (JSON), in their order."""
        return [self._calls[index] for index in sorted(self._calls)]

    @property
    def calls_complete(self) -> bool:
        """There are tool calls, and the arguments of each are a whole JSON object: no beginning of one is."""
        return bool(self._calls) and all(_is_object(call["arguments"]) for call in self.calls)

    def add(self, body: Mapping[str, Any]) -> str:
        """Take one chunk, or a whole completion; returns the text that it adds to what can be shown.

        Raises:
            TypeError, ValueError, AttributeError: it has not the form of one.
        """
        self.model = str(body.get("model") or self.model)
        self.usage = body.get("usage") or self.usage
        for choice in (body.get("choices") or [])[:1]:
            message = choice.get("delta") or choice.get("message") or {}
            self._text += message.get("content") or ""
            calls = message.get("tool_calls") or []
            for position, call in enumerate([calls] if isinstance(calls, dict) else calls):
                self._add_call(call, position)
            self.finish = choice.get("finish_reason") or self.finish
        held = max((overlap(self._text, stop) for stop in self._stops), default=0)
        return self._show_up_to(len(self._text) - held)

    def flush(self) -> str:
        """What was held back for it might have become a stop sequence."""
        return self._show_up_to(len(self.text))

    def _add_call(self, call: Mapping[str, Any], position: int) -> None:
        index = position if call.get("index") is None else int(call["index"])
        parts = self._calls.setdefault(index, {"id": "", "name": "", "arguments": ""})
        function = call.get("function") or {}
        arguments = function.get("arguments")
        parts["id"] = parts["id"] or str(call.get("id") or index)
        parts["name"] = parts["name"] or str(function.get("name") or "")
        parts["arguments"] += arguments if isinstance(arguments, str) else json.dumps(arguments) if arguments else ""

    def _show_up_to(self, end: int) -> str:
        text = self._text[self._shown : end]
        self._shown = max(end, self._shown)
        return text


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False
