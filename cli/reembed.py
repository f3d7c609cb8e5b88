"""`ayllu sources reembed`: change the embedder of what is in the library. The one before answers until it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..processes import python_command, start_beside
from ..text import count, one_line
from .context import CommandContext
from .errors import Interrupted
from .interrupts import stop_flag
from .options import Collection, Wait
from .progress import ProgressBar
from .sources import check_collection

if TYPE_CHECKING:
    from ..retrieval import ReembedReport


def reembed(
    context: typer.Context,
    collection: Collection = None,
    background: Annotated[
        bool, typer.Option("--background", help="Come back at once; `ayllu sources verify` says how far it is.")
    ] = False,
    wait: Wait = None,
) -> int:
    """Embed anew what another embedder than your settings' has embedded. Ctrl-C stops it, and the next run goes on."""
    from ..retrieval import Turn

    command: CommandContext = context.obj
    library = command.app.library
    check_collection(library, collection)
    command.prepare()
    if background:
        return _leave(command, collection)
    turn = Turn("sources reembed", wait, command.output.note)
    reports: list[ReembedReport] = []
    with stop_flag() as stop, ProgressBar("items", stream=command.output.err) as bar:
        for name in library.collections() if collection is None else [collection]:
            if not stop.is_set() and (report := library.reembed(name, turn=turn, progress=bar, should_stop=stop.is_set)):
                reports.append(report)
    return _finish(command, reports, interrupted=stop.is_set())


def _finish(command: CommandContext, reports: Sequence[ReembedReport], *, interrupted: bool) -> int:
    shown: dict[str, Any] = {"collections": [asdict(report) for report in reports], "interrupted": interrupted}
    stopped = Interrupted(
        "Stopped before the end; what was embedded is kept, and the former embedder answers.",
        "Run it again to go on where it stopped.",
    )
    command.output.result(shown | stopped.to_json() if interrupted else shown)
    for report in reports:
        refused = (
            f"; {count(len(report.refused), 'passage')} it refused, found by their words only" if report.refused else ""
        )
        if report.complete:
            command.output.say(f"`{one_line(report.collection)}` is searched with {report.embedder} from now on{refused}.")
    if interrupted:
        raise stopped
    if not reports:
        command.output.say(f"Everything is embedded by {command.app.library.embedder.name} already.")
    return 0


def _leave(command: CommandContext, collection: str | None) -> int:
    """A process of its own goes on with it, and writes to the log what goes wrong."""
    arguments = ["--home", str(command.app.paths.home), "--json", "sources", "reembed"]
    arguments += [] if collection is None else ["--collection", collection]
    pid = start_beside(python_command("-m", "ayllu", *arguments))
    command.output.result({"background": True, "pid": pid})
    command.output.say(f"It goes on in process {pid}. `ayllu sources verify` says how far it is.")
    return 0
