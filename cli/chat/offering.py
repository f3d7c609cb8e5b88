"""The offer of a better model in the chat line by line, where a person is there to be asked."""

from __future__ import annotations

import sys

from ...app import BetterModel, offer_text
from ...text import safe
from ..context import CommandContext

_EVERY = 10  # per cent of a pull, between two lines about it


def offer_better_model(command: CommandContext) -> None:
    """Ask, unless that is decided; a yes pulls it while questions are asked, and the chat then goes over to it."""
    better = BetterModel(command.app)
    if name := better.unfinished():
        _pull(command, better, name)
        return
    rung = command.app.run(better.offer())
    if rung is None:
        return
    use = "use it" if rung.model.present else "pull it while you work"
    command.output.err.write(f"{safe(offer_text(rung))} [Enter: {use}; s: stay small] ")
    command.output.err.flush()
    reply = sys.stdin.readline()
    if not reply:
        raise KeyboardInterrupt  # Ctrl-D at a question is no answer
    if reply.strip():
        better.decline(rung.model.name)
    else:
        _pull(command, better, rung.model.name)


def _pull(command: CommandContext, better: BetterModel, name: str) -> None:
    share_noted = -_EVERY

    def progress(label: str, done: int, total: int | None) -> None:
        nonlocal share_noted
        share = 100 * done // total if total else 0
        if share >= share_noted + _EVERY:
            share_noted = share
            command.output.note(f"pulling {name}: {share} %")

    better.pull(name, progress, command.output.note)
