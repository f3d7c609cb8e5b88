"""`ayllu backup` and `ayllu restore`: all that is kept, in one file."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from ..errors import NotFound, UsageError
from ..text import count, one_line, size
from .context import CommandContext
from .options import expanded
from .progress import ProgressBar


def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to; in a folder, a file named after the day.")],
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Keep documents, conversations, feedback, adapters and settings in one file, also while they are in use."""
    from ..app.backup import write_backup

    command: CommandContext = context.obj
    target = (expanded(file) or file).absolute()
    if target.is_dir():
        target /= f"ayllu-{datetime.now():%Y-%m-%d-%H%M%S}.tar.gz"
    if target.exists() and not force:
        raise UsageError(f"{target} is there already.", hint="Name another file, or give --force.")
    if not target.parent.is_dir():
        raise NotFound(f"There is no folder {target.parent}.", hint="Make it, or name another place.")
    began = time.perf_counter()
    with ProgressBar("bytes", stream=command.output.err) as bar:
        written = write_backup(command.app.paths, target, progress=bar)
    stored = target.stat().st_size
    command.output.result(
        {
            "file": str(target),
            "bytes": stored,
            "files": len(written.files),
            "created_at": written.created_at,
            "seconds": round(time.perf_counter() - began, 3),
        }
    )
    command.output.say(f"{target}: {count(len(written.files), 'file')}, {size(written.size)} in {size(stored)}.")
    command.output.say("It holds all that you asked, read and set, in the open: keep it where nobody else reads.", "dim")


def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `ayllu backup` wrote.")],
    replace: Annotated[bool, typer.Option("--replace", help="Move aside what is there now; it is kept.")] = False,
) -> None:
    """Put back what a backup holds."""
    from ..app.restore import restore_backup

    command: CommandContext = context.obj
    source = (expanded(file) or file).absolute()
    if not source.is_file():
        raise NotFound(f"There is no file {source}.", hint="Name a file that `ayllu backup` wrote.")
    with ProgressBar("bytes", stream=command.output.err) as bar:
        restored = restore_backup(command.app.paths, source, replace=replace, progress=bar)
    backup = restored.backup
    command.output.result(
        {
            "home": str(command.app.paths.home),
            "files": len(backup.files),
            "created_at": backup.created_at,
            "version": backup.version,
            "aside": None if restored.aside is None else str(restored.aside),
        }
    )
    command.output.say(
        f"Restored into {command.app.paths.home}: {count(len(backup.files), 'file')} of {one_line(backup.created_at, 40)}."
    )
    if restored.aside is not None:
        command.output.say(f"What was there before is in {restored.aside}; remove that folder when you no longer need it.")
