"""The first run: what is already on this machine, offered once.

Looks at loopback for model servers and at memory. On a terminal it asks; elsewhere it says one line and goes on.
"""

from __future__ import annotations

import asyncio

from ..text import size
from .compose import Parts
from .config import write

_MARK = "first-run"
_ROOMY = 8_000_000_000  # bytes of memory from which a larger model is worth offering
_SUGGESTED = "llama-3.2-1b-instruct"


def offer(parts: Parts) -> None:
    """Offer what is found, unless it was offered before or the person has settings of their own."""
    mark = parts.paths.home / _MARK
    if mark.exists() or parts.paths.config.exists() or parts.loaded.origins["backend"] != "default":
        return
    from ..backends import discover

    servers = asyncio.run(discover())
    if servers:
        server = servers[0]
        found = f"Found {server.models[0]} ({server.name} at {server.url})."
        if not parts.output.asks:
            parts.output.note(f"{found} `ayllu backends discover` shows how to use it.")
        elif parts.output.confirm(f"{found} Use it?"):
            _use(parts, server.toml)
    elif parts.output.asks:
        _suggest(parts)
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()


def _suggest(parts: Parts) -> None:
    import psutil

    if psutil.virtual_memory().available < _ROOMY:
        return
    model = parts.models.info(_SUGGESTED)
    question = f"There is memory for a better model than the built-in one: {model.title}, {size(model.size_bytes)}. Pull it?"
    if not parts.output.confirm(question, default=False):
        return
    try:
        parts.models.ensure(_SUGGESTED)
    except Exception as error:  # an edge: without it the built-in model answers as well as before
        parts.output.note(f"It could not be pulled: {error} The built-in model answers meanwhile.")
        return
    _use(parts, f'[models]\nchat = "{_SUGGESTED}"\n')


def _use(parts: Parts, toml: str) -> None:
    write(parts.paths.config, toml)
    parts.output.note(f"Written to {parts.paths.config}.")
    parts.__dict__.pop("loaded", None)  # read it anew
