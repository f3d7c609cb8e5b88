"""The first run: what is already on this machine, offered once.

Looks at loopback for model servers and at memory. On a terminal it asks; elsewhere it says one line and goes on. A small
file in the home remembers that it was told, or asked; a person who has chosen a backend or a model is never asked.
"""

from __future__ import annotations

import re
import socket
import tomllib
from typing import Literal

from ..errors import AylluError
from ..text import one_line, size
from .compose import Parts
from .config import write

_MARK = "first-run"
_ROOMY_BYTES = 7_500_000_000  # what a machine sold with 8 GB reports
_SUGGESTED = "llama-3.2-1b-instruct"
_HUB = ("huggingface.co", 443)
_HUB_TIMEOUT_S = 1.5


def offer(parts: Parts) -> None:
    """Offer what is found, unless it was offered before or the person has chosen already."""
    mark = parts.paths.home / _MARK
    stage: Literal["told", "asked"] = "asked" if parts.output.asks else "told"
    if mark.exists() and (stage == "told" or mark.read_text("utf-8").strip() == "asked"):
        return
    chosen = any(parts.loaded.origins[key] != "default" for key in ("backend", "models.chat")) or parts.settings.backends
    if not chosen and not _server(parts) and parts.output.asks:
        _larger_model(parts)
    try:
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.write_text(stage + "\n", "utf-8")
    except OSError:
        pass  # a home that cannot be written to is somebody else's to report; here it only means asking again


def _server(parts: Parts) -> bool:
    """Offer the first model server found on loopback; whether there was one."""
    from ..backends import discover

    servers = parts.run(discover())
    if not servers:
        return False
    server = servers[0]
    found = f"Found {one_line(server.models[0], 60)} at {server.url} ({server.name})"
    if not parts.output.asks:
        parts.output.note(f"{found}. `ayllu backends discover` says how to use it.")
    elif parts.output.confirm(f"{found}: use it?"):
        _use(parts, server.table)
    return True


def _larger_model(parts: Parts) -> None:
    """Offer a model that writes sentences of its own, where there is memory for it and the hub can be reached."""
    import psutil

    model = parts.models.info(_SUGGESTED)
    memory = psutil.virtual_memory()
    if memory.total < _ROOMY_BYTES or memory.available < 2 * model.memory_bytes:
        return
    if not model.present and not _reachable():
        return
    cost = "it is already here" if model.present else f"{size(model.size_bytes)} to download, {model.licence}"
    question = f"There is memory for a better model than the built-in one: {model.title} ({cost}). Use it?"
    if not parts.output.confirm(question, default=False):
        return
    try:
        parts.models.ensure(_SUGGESTED)
    except AylluError as error:
        parts.output.note(f"{error.message} The built-in model answers meanwhile.", "yellow")
        return
    _use(parts, f'[models]\nchat = "{_SUGGESTED}"\n')


def _reachable() -> bool:
    """Whether the hub's door opens; nothing is sent."""
    try:
        socket.create_connection(_HUB, _HUB_TIMEOUT_S).close()
    except OSError:
        return False
    return True


def _use(parts: Parts, toml: str) -> None:
    """Add `toml` to the settings file, whose other content stays as it is."""
    target = parts.paths.config
    before = target.read_text("utf-8") if target.exists() else ""
    after = merged(before, toml)
    try:
        tomllib.loads(after)
    except tomllib.TOMLDecodeError:  # it has such a table already, in a form of its own
        parts.output.note(f"{target} cannot be added to safely. To use it, write there:\n{toml}", "yellow")
        return
    write(target, after)
    parts.output.note(f"Written to {target}.")
    parts.__dict__.pop("loaded", None)  # to be read anew


def merged(before: str, added: str) -> str:
    """Settings text with the lines of `added` put where TOML wants them.

    Keys before the first table header of `added` go to the top of `before`; its tables go to the end, or, where `before` has
    the same table, right below that header. Nothing of `before` is dropped, so a key must not be set in both.
    """
    keys, tables = re.match(r"((?:(?!\[).*\n)*)((?:.|\n)*)", added).groups()  # type: ignore[union-attr] # matches anything
    text = keys + before
    if text and not text.endswith("\n"):
        text += "\n"
    for header, body in re.findall(r"^(\[.+\])\n((?:(?!\[).*\n)*)", tables, re.MULTILINE):
        here = re.search(rf"^{re.escape(header)}[^\S\n]*(#.*)?\n", text, re.MULTILINE)
        if here:
            text = text[: here.end()] + body + text[here.end() :]
        else:
            text += f"{header}\n{body}"
    return text
