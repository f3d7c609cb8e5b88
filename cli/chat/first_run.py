"""The first run: what is already on this machine, offered once, and what has to be downloaded, asked for.

Looks at loopback for model servers, and opens no other connection. On a terminal it asks; elsewhere it says one line and
goes on. A small file in the home remembers that it was told, or asked; a person who has chosen a backend or a model is never
asked which to use. A better model of our own is the chat's to offer, once it has seen how fast this machine is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from ...app import set_in_file
from ...errors import ConfigError
from ...text import one_line
from ..context import CommandContext

_MARK = "first-run"


def settle(command: CommandContext) -> None:
    """Offer what is here, unless the person has chosen already, then ask for what has to be downloaded.

    Once that is settled this looks at one small file and loads nothing: the first frame waits for it.

    Raises:
        DownloadDeclined: models are missing, and the person wants none downloaded.
    """
    from ...storage import make_private_file, make_private_folder

    mark = command.app.paths.home / _MARK
    stage: Literal["told", "asked"] = "asked" if command.output.asks else "told"
    if mark.exists() and (stage == "told" or mark.read_text("utf-8").strip() == "asked"):
        return
    _offer(command)
    command.app.request_downloads(chat=True)
    try:
        make_private_folder(mark.parent)
        make_private_file(mark)
        mark.write_text(stage + "\n", "utf-8")
    except OSError:
        pass  # a home that cannot be written to is somebody else's to report; here it only means asking again


def _offer(command: CommandContext) -> None:
    app = command.app
    chosen = any(app.loaded.origins[key] != "default" for key in ("backend", "models.chat")) or app.settings.backends
    if not chosen:
        _offer_server(command)


def _offer_server(command: CommandContext) -> None:
    """Offer the first model server on loopback."""
    from ...backends import discover

    servers = command.app.run(discover())
    if not servers:
        return
    server, output = servers[0], command.output
    offer = f"Found {one_line(server.models[0], 60)} at {server.url} ({server.name})"
    if not output.asks:
        output.note(f"{offer}. `ayllu backends discover` says how to use it.")
    elif output.confirm(f"{offer}: use it?"):
        _use(command, server.settings)


def _use(command: CommandContext, values: Mapping[str, Any]) -> None:
    """Set `values` in the settings file, whose other content stays as it is."""
    target = command.app.paths.config
    try:
        set_in_file(target, values)
    except ConfigError as error:
        command.output.note(f"{error.message} {error.hint}", "yellow")
        return
    command.output.note(f"Written to {target}.")
    command.app.reload_settings()
