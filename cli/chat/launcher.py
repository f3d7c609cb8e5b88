"""Which chat it is: the Textual program on a terminal, else the line chat. No Typer here, for the first frame's sake."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace

from ...app import ChatOptions
from ..context import CommandContext
from . import first_run


def run(command: CommandContext, paths: Sequence[str], options: ChatOptions) -> int:
    """Read `paths`, then chat; returns the exit code.

    Raises:
        DownloadDeclined: models are missing, and the person wants none downloaded.
        Interrupted: the person stopped the reading; what was read is kept.
    """
    first_run.settle(command)
    options = replace(options, offer=command.output.asks)
    if paths:
        from ..ingest import read_documents

        read_documents(command, paths, next(iter(options.collections), None))
    if not (command.output.terminal and sys.stdin is not None and sys.stdin.isatty()):
        from . import lines

        return lines.run(command, options)
    from ...tui import run_chat

    return run_chat(command.app, options)
